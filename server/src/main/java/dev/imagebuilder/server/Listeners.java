package dev.imagebuilder.server;

import dev.imagebuilder.server.config.ListenAddress;
import dev.imagebuilder.server.config.ServerConfig.ListenerConfig;
import dev.imagebuilder.server.config.ServerConfig.ServicesConfig;
import dev.imagebuilder.server.config.ServerConfig.TlsPaths;
import dev.imagebuilder.server.http.DebugPages;
import dev.imagebuilder.server.http.HealthPages;
import dev.imagebuilder.server.http.HttpMetrics;
import dev.imagebuilder.server.http.InternalHttp;
import dev.imagebuilder.server.http.MetricsPage;
import dev.imagebuilder.server.http.Page;
import io.netty.handler.ssl.SslContext;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The ports of a service (SPEC 9.3). For one thread. */
final class Listeners implements AutoCloseable {
  private @Nullable InternalHttp health;
  private @Nullable InternalHttp metrics;
  private @Nullable InternalHttp debug;
  private @Nullable ServerTls tls;
  private @Nullable GrpcEndpoint grpc;

  /** Opens those for the platform's own use, which tell from the start how it goes. */
  void openInternal(
      ProcessOptions options, PrometheusRegistry series, Supplier<Optional<String>> trouble)
      throws StartException {
    ServicesConfig services = options.configuration().server().services();
    HttpMetrics http = new HttpMetrics(series);
    Map<String, Page> metricsPages = Map.of(MetricsPage.PATH, new MetricsPage(series));
    health =
        open(
            "health",
            services.health().address(),
            at -> InternalHttp.start("health", at, HealthPages.of(trouble), http));
    metrics =
        open(
            "metrics",
            services.metrics().address(),
            at -> InternalHttp.start("metrics", at, metricsPages, http));
    debug =
        open(
            "debug",
            services.debug().address(),
            at -> InternalHttp.start("debug", at, DebugPages.of(options.log()), http));
  }

  /** Opens the one for callers. */
  void openGrpc(ProcessOptions options, GrpcEndpoint.Calls calls) throws StartException {
    ListenerConfig config = options.configuration().server().services().grpc();
    TlsPaths paths = config.tls();
    ServerTls own =
        paths == null
            ? null
            : ServerTls.open(
                FileChecks.files(paths, options.environment()), paths.clientCertificates());
    tls = own;
    grpc =
        open(
            "grpc",
            config.address(),
            at -> {
              Optional<SslContext> context =
                  own == null ? Optional.empty() : Optional.of(own.context());
              return GrpcEndpoint.start(at, context, calls);
            });
  }

  InetSocketAddress grpc() {
    return opened(grpc).address();
  }

  InetSocketAddress metrics() {
    return opened(metrics).address();
  }

  InetSocketAddress health() {
    return opened(health).address();
  }

  InetSocketAddress debug() {
    return opened(debug).address();
  }

  /** Takes no more calls, and waits for those that run before it cuts them off. */
  void stopCalls(Duration limit) throws InterruptedException {
    if (grpc != null) {
      grpc.stop(limit);
    }
  }

  @Override
  public void close() {
    if (grpc != null) {
      grpc.close();
    }
    if (tls != null) {
      tls.close();
    }
    for (InternalHttp each : new InternalHttp[] {debug, metrics, health}) {
      if (each != null) {
        each.close();
      }
    }
  }

  private static <T> T open(String name, String address, Opener<T> opener) throws StartException {
    try {
      return opener.open(ListenAddress.parse(address));
    } catch (IOException | UnresolvedAddressException e) {
      @Nullable Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new StartException(
          "cannot listen on "
              + address
              + ": "
              + cause.getMessage()
              + ". Stop what listens there, or choose another server.services."
              + name
              + ".address",
          e);
    }
  }

  private static <T> T opened(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("service has not started");
    }
    return part;
  }

  /** Opens a listener. */
  @FunctionalInterface
  private interface Opener<T> {
    T open(ListenAddress address) throws IOException;
  }
}
