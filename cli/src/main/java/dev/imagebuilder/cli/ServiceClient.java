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
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Calls the service, by {@code imagebuilder.v1.Builds}. Closing it ends all of its calls. */
final class ServiceClient implements AutoCloseable {
  static final Duration UNARY_LIMIT = Duration.ofMinutes(2);

  /** How gRPC describes a connection that ended without a word, as when the service was killed. */
  private static final String LOST = "Network closed for unknown reason";

  private final ManagedChannel channel;
  private final String host;

  ServiceClient(ManagedChannel channel, String host) {
    this.channel = channel;
    this.host = host;
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
