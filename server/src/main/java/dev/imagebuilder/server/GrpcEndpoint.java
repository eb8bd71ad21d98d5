package dev.imagebuilder.server;

import dev.imagebuilder.server.config.ListenAddress;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The gRPC listener. Limits are mk3's (SPEC 9.5), and some of our own against clients that would
 * take more than their share.
 */
final class GrpcEndpoint implements AutoCloseable {
  private static final int MAX_REQUEST = 100 * 1024 * 1024;
  private static final int MAX_METADATA = 64 * 1024;

  /** A client that cancels more calls than this in a second floods (HTTP/2 rapid reset). */
  private static final int MAX_RESETS = 1000;

  private final Server server;
  private final ExecutorService threads;

  private GrpcEndpoint(Server server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * What is served, and what looks on.
   *
   * @param inner called in this order, after the recorder
   */
  record Calls(
      CallRecorder recorder, List<ServerInterceptor> inner, List<BindableService> services) {}

  /**
   * Listens, and serves the services and reflection of them.
   *
   * @param tls empty for plaintext
   */
  static GrpcEndpoint start(ListenAddress address, Optional<SslContext> tls, Calls calls)
      throws IOException {
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address.toSocketAddress())
            .executor(threads)
            .maxInboundMessageSize(MAX_REQUEST)
            .maxInboundMetadataSize(MAX_METADATA)
            .maxRstFramesPerWindow(MAX_RESETS, 1)
            .permitKeepAliveTime(10, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .maxConnectionIdle(30, TimeUnit.MINUTES)
            .keepAliveTime(2, TimeUnit.MINUTES);
    tls.ifPresent(builder::sslContext);
    // The one that is added last is called first.
    calls.inner.reversed().forEach(builder::intercept);
    builder.intercept(calls.recorder);
    calls.services.forEach(builder::addService);
    builder.addService(ProtoReflectionServiceV1.newInstance());
    Server server = builder.build();
    for (ServerServiceDefinition service : server.getServices()) {
      service.getMethods().forEach(method -> calls.recorder.announce(method.getMethodDescriptor()));
    }
    server.start();
    return new GrpcEndpoint(server, threads);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) server.getListenSockets().getFirst();
  }

  /** Takes no more calls, and waits for those that run before it cuts them off. */
  void stop(Duration limit) throws InterruptedException {
    server.shutdown();
    if (!server.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      server.shutdownNow();
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
    threads.shutdown();
  }
}
