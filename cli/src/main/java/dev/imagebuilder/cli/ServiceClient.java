package dev.imagebuilder.cli;

import dev.imagebuilder.cli.output.CleanText;
import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.BuildsGrpc;
import dev.imagebuilder.proto.v1.BuildsGrpc.BuildsBlockingStub;
import dev.imagebuilder.proto.v1.CancelBuildRequest;
import dev.imagebuilder.proto.v1.ListBuildsRequest;
import dev.imagebuilder.proto.v1.ListBuildsResponse;
import dev.imagebuilder.proto.v1.LogChunk;
import dev.imagebuilder.proto.v1.StreamLogRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Calls the service, by {@code imagebuilder.v1.Builds}. Closing it ends all of its calls. */
final class ServiceClient implements AutoCloseable {
  static final Duration UNARY_LIMIT = Duration.ofMinutes(2);

  /** How gRPC describes a connection that ended without a word, as when the service was killed. */
  private static final String LOST = "Network closed for unknown reason";

  /** The JVM's end waits 300 ms for threads that wait in the kernel, as those of a network do. */
  private static final Duration WIRE_END = Duration.ofMillis(300);

  private final ManagedChannel channel;
  private final String host;
  private final @Nullable EventLoopGroup wire;

  ServiceClient(ManagedChannel channel, String host) {
    this(channel, host, null);
  }

  private ServiceClient(ManagedChannel channel, String host, @Nullable EventLoopGroup wire) {
    this.channel = channel;
    this.host = host;
    this.wire = wire;
  }

  /** A client with a connection of its own, which is made with the first call. */
  static ServiceClient open(NettyChannelBuilder connection, String host) {
    EventLoopGroup wire =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("wire", true), NioIoHandler.newFactory());
    connection.eventLoopGroup(wire).channelType(NioSocketChannel.class);
    return new ServiceClient(connection.build(), host, wire);
  }

  /** Begins a call that starts or joins a build. */
  BuildCall build() {
    return BuildCall.open(channel);
  }

  /** A build's output, in pieces. */
  Answers<StreamLogRequest, LogChunk> log(StreamLogRequest request) {
    Answers<StreamLogRequest, LogChunk> answers = new Answers<>();
    BuildsGrpc.newStub(channel).streamLog(request, answers);
    return answers;
  }

  /** The builds that run now, and maybe those that have ended. */
  ListBuildsResponse list(ListBuildsRequest request) {
    return builds().listBuilds(request);
  }

  /** Asks for a build's end; returns at once. */
  BuildInfo cancel(String id, String user) {
    return builds().cancelBuild(CancelBuildRequest.newBuilder().setId(id).setBy(user).build());
  }

  /** The same service by mk3's API; open as long as this is. */
  Mk3Client mk3() {
    return new Mk3Client(channel);
  }

  /** The service's address, for messages. */
  String host() {
    return host;
  }

  /** What a failed call means for who typed the command. */
  CommandFailure failure(StatusRuntimeException e) {
    return failure(e, host);
  }

  /** The same for a service at an address. */
  static CommandFailure failure(StatusRuntimeException e, String host) {
    Status status = e.getStatus();
    String said = CleanText.of(String.valueOf(status.getDescription())).strip();
    // What the service says itself comes without a cause; so does what gRPC says of a lost
    // connection.
    boolean isOurSide = status.getCause() != null || said.equals(LOST);
    return switch (status.getCode()) {
      case UNAVAILABLE ->
          isOurSide
              ? CommandFailure.unreachable(
                  "the service at "
                      + host
                      + " does not answer ("
                      + cause(status)
                      + "); is it running? Start one with: image-builder quickstart")
              : CommandFailure.unreachable("the service at " + host + " says: " + said);
      case DEADLINE_EXCEEDED ->
          CommandFailure.unreachable("the service at " + host + " did not answer in time");
      case UNIMPLEMENTED ->
          CommandFailure.unreachable(
              host
                  + " answers, but does not know this call: it is an image-builder-mk3, which"
                  + " 'imagebuilds' and 'resolve' can ask, or no image builder at all ("
                  + said
                  + ")");
      case INVALID_ARGUMENT -> CommandFailure.usage(said);
      default -> CommandFailure.failed(said + " (" + status.getCode() + ")");
    };
  }

  @Override
  public void close() {
    channel.shutdownNow();
    if (wire != null) {
      boolean _ =
          wire.shutdownGracefully(0, WIRE_END.toMillis(), TimeUnit.MILLISECONDS)
              .awaitUninterruptibly(WIRE_END.toMillis());
    }
  }

  private BuildsBlockingStub builds() {
    return BuildsGrpc.newBlockingStub(channel)
        .withDeadlineAfter(UNARY_LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  /** The innermost cause: the one that names the socket's or the certificate's trouble. */
  private static String cause(Status status) {
    Throwable cause = status.getCause();
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause == null
        ? "the connection broke"
        : CleanText.of(String.valueOf(cause.getMessage()));
  }
}
