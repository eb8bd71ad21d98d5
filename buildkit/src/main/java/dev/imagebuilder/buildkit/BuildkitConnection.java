package dev.imagebuilder.buildkit;

import dev.imagebuilder.core.Platform;
import dev.imagebuilder.proto.buildkit.control.ControlGrpc;
import dev.imagebuilder.proto.buildkit.control.ControlGrpc.ControlBlockingStub;
import dev.imagebuilder.proto.buildkit.control.ControlGrpc.ControlStub;
import dev.imagebuilder.proto.buildkit.control.InfoRequest;
import dev.imagebuilder.proto.buildkit.control.ListWorkersRequest;
import dev.imagebuilder.proto.buildkit.gateway.LLBBridgeGrpc;
import dev.imagebuilder.proto.buildkit.gateway.LLBBridgeGrpc.LLBBridgeBlockingStub;
import dev.imagebuilder.proto.buildkit.types.WorkerRecord;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** One connection to a daemon, made with the first call. Closing it ends all of its calls. */
final class BuildkitConnection implements AutoCloseable {
  /** Errors carry whole Dockerfiles in their trailers, and answers carry whole graphs. */
  private static final int MOST_BYTES = 16 << 20;

  private static final Duration FAREWELL = Duration.ofSeconds(5);

  private static final Metadata.Key<String> BUILD =
      Metadata.Key.of("buildkit-controlapi-buildid", Metadata.ASCII_STRING_MARSHALLER);

  private final BuildkitAddress address;
  private final ManagedChannel channel;
  private final ExecutorService threads;

  private BuildkitConnection(
      BuildkitAddress address, ManagedChannel channel, ExecutorService threads) {
    this.address = address;
    this.channel = channel;
    this.threads = threads;
  }

  /**
   * Prepares a connection.
   *
   * @throws BuildkitException if a file of the TLS settings cannot be used
   */
  static BuildkitConnection open(
      BuildkitAddress address, Optional<BuildkitTls> tls, EventLoops loops)
      throws BuildkitException {
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    ManagedChannel channel =
        builder(address, tls)
            .eventLoopGroup(loops.sockets())
            .executor(threads)
            .maxInboundMessageSize(MOST_BYTES)
            .maxInboundMetadataSize(MOST_BYTES)
            .build();
    return new BuildkitConnection(address, channel, threads);
  }

  BuildkitAddress address() {
    return address;
  }

  ControlStub control() {
    return ControlGrpc.newStub(channel);
  }

  ControlBlockingStub calls() {
    return ControlGrpc.newBlockingStub(channel);
  }

  /** The calls by which we lead a build. */
  LLBBridgeBlockingStub gateway(String ref) {
    Metadata headers = new Metadata();
    headers.put(BUILD, ref);
    return LLBBridgeGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /**
   * Asks the daemon who it is.
   *
   * @throws BuildkitException if it does not answer in time, or as no BuildKit does
   */
  DaemonInfo info(Duration limit) throws BuildkitException {
    var calls = calls().withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
    try {
      List<WorkerRecord> workers =
          calls.listWorkers(ListWorkersRequest.getDefaultInstance()).getRecordList();
      if (workers.isEmpty()) {
        throw new BuildkitException(address.program() + " at " + address + " has no worker");
      }
      WorkerRecord first = workers.getFirst();
      return new DaemonInfo(
          version(calls),
          first.getLabelsMap(),
          first.getPlatformsList().stream().map(BuildkitConnection::platform).toList());
    } catch (StatusRuntimeException e) {
      throw new BuildkitException(
          address.program() + " at " + address + " does not answer: " + reason(e.getStatus()), e);
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    boolean wasInterrupted = Thread.interrupted();
    try {
      channel.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      wasInterrupted = true;
    } finally {
      threads.shutdownNow();
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** What a failed call says, with the innermost cause: the one that names the socket's trouble. */
  static String reason(Status status) {
    Throwable cause = status.getCause();
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String said = status.getDescription() == null ? status.getCode() + "" : status.getDescription();
    return cause == null || cause.getMessage() == null
        ? said
        : said + " (" + cause.getMessage() + ")";
  }

  /** Empty for daemons that are too old to have the call. */
  private static String version(ControlBlockingStub calls) {
    try {
      String version =
          calls.info(InfoRequest.getDefaultInstance()).getBuildkitVersion().getVersion();
      return version.startsWith("v") ? version.substring(1) : version;
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
        return "";
      }
      throw e;
    }
  }

  private static NettyChannelBuilder builder(BuildkitAddress address, Optional<BuildkitTls> tls)
      throws BuildkitException {
    return switch (address) {
      case BuildkitAddress.Unix(Path socket) ->
          NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
              .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
              .overrideAuthority("localhost")
              .usePlaintext();
      case BuildkitAddress.Tcp(String host, int port) ->
          withTls(
              NettyChannelBuilder.forAddress(host, port)
                  .channelType(NioSocketChannel.class, InetSocketAddress.class),
              tls);
      case BuildkitAddress.InDocker(BuildkitAddress at) -> upgraded(builder(at, tls), at);
    };
  }

  /** HTTP/2 begins only when the Engine has agreed to it. */
  private static NettyChannelBuilder upgraded(NettyChannelBuilder builder, BuildkitAddress at) {
    return at instanceof BuildkitAddress.Unix
        ? builder.channelFactory(
            () -> GrpcUpgrade.of(new NioDomainSocketChannel()), UnixDomainSocketAddress.class)
        : builder.channelFactory(
            () -> GrpcUpgrade.of(new NioSocketChannel()), InetSocketAddress.class);
  }

  private static NettyChannelBuilder withTls(NettyChannelBuilder builder, Optional<BuildkitTls> tls)
      throws BuildkitException {
    if (tls.isEmpty()) {
      return builder.usePlaintext();
    }
    BuildkitTls files = tls.get();
    try {
      SslContextBuilder context = GrpcSslContexts.forClient();
      if (files.ca() != null) {
        context.trustManager(files.ca().toFile());
      }
      if (files.certificate() != null && files.key() != null) {
        context.keyManager(files.certificate().toFile(), files.key().toFile());
      }
      return (files.serverName().isEmpty()
              ? builder
              : builder.overrideAuthority(files.serverName()))
          .sslContext(context.build());
    } catch (SSLException | IllegalArgumentException e) {
      throw new BuildkitException(
          "orchestrator.local.buildkit.tls: " + files + " cannot be used: " + e.getMessage(), e);
    }
  }

  private static Platform platform(dev.imagebuilder.proto.buildkit.pb.Platform platform) {
    return new Platform(platform.getOS(), platform.getArchitecture(), platform.getVariant());
  }
}
