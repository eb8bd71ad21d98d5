package dev.imagebuilder.server.http;

import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Set;

/** The series that mk3 has of HTTP requests (SPEC 9.6). */
public final class HttpMetrics {
  private static final double[] SECONDS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
  private static final double[] BYTES = {100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

  /** Whoever calls chooses the method; a series for each would have no end. */
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS");

  private final Histogram seconds;
  private final Histogram bytes;
  private final Gauge inFlight;

  /** Registers the series; those with values come with the first request. */
  public HttpMetrics(PrometheusRegistry registry) {
    this.seconds =
        histogram(
            "gitpod_http_request_duration_seconds",
            "Duration of HTTP requests.",
            SECONDS,
            registry);
    this.bytes =
        histogram("gitpod_http_response_size_bytes", "Size of HTTP answers.", BYTES, registry);
    this.inFlight =
        Gauge.builder()
            .name("gitpod_http_requests_inflight")
            .help("HTTP requests being answered.")
            .labelNames("service", "handler")
            .register(registry);
  }

  /** A request has come. */
  Exchange begin(String service, String handler) {
    return new Exchange(service, handler);
  }

  private static Histogram histogram(
      String name, String help, double[] bounds, PrometheusRegistry registry) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .labelNames("service", "handler", "method", "code")
        .classicOnly()
        .classicUpperBounds(bounds)
        .register(registry);
  }

  /** One request; closed when it has been answered, or could not be. */
  final class Exchange implements AutoCloseable {
    private final String service;
    private final String handler;
    private final long start = System.nanoTime();

    private Exchange(String service, String handler) {
      this.service = service;
      this.handler = handler;
      inFlight.labelValues(service, handler).inc();
    }

    /** The answer is there. */
    void answered(String method, int status, long size) {
      String[] labels = {
        service, handler, METHODS.contains(method) ? method : "other", Integer.toString(status)
      };
      seconds.labelValues(labels).observe((System.nanoTime() - start) / 1e9);
      bytes.labelValues(labels).observe((double) size);
    }

    @Override
    public void close() {
      inFlight.labelValues(service, handler).dec();
    }
  }
}
