package dev.imagebuilder.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.imagebuilder.server.config.ListenAddress;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.ObjectMapper;

/** A small HTTP listener for the platform's own use: metrics, or health (SPEC 9.3). */
final class InternalHttp implements AutoCloseable {
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private InternalHttp(ListenAddress address) throws IOException {
    this.server = HttpServer.create(address.toSocketAddress(), 0);
    server.setExecutor(threads);
  }

  /** Serves {@code /ready} and {@code /live}. */
  static InternalHttp health(ListenAddress address, Readiness readiness) throws IOException {
    InternalHttp http = new InternalHttp(address);
    http.route("/live", () -> new Answer(200, JSON, bytes("{}")));
    http.route("/ready", () -> ready(readiness.reason()));
    http.server.start();
    return http;
  }

  /** Serves {@code /metrics}. */
  static InternalHttp metrics(ListenAddress address, PrometheusRegistry registry)
      throws IOException {
    Counter scrapes =
        Counter.builder()
            .name("promhttp_metric_handler_requests_total")
            .help("Scrapes by HTTP status code.")
            .labelNames("code")
            .register(registry);
    scrapes.initLabelValues("200");
    Gauge inFlight =
        Gauge.builder()
            .name("promhttp_metric_handler_requests_in_flight")
            .help("Scrapes being served.")
            .register(registry);
    PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    InternalHttp http = new InternalHttp(address);
    http.route(
        "/metrics",
        () -> {
          inFlight.inc();
          try {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            writer.write(text, registry.scrape());
            scrapes.labelValues("200").inc();
            return new Answer(200, writer.getContentType(), text.toByteArray());
          } finally {
            inFlight.dec();
          }
        });
    http.server.start();
    return http;
  }

  InetSocketAddress address() {
    return server.getAddress();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static Answer ready(Optional<String> reason) {
    return reason.isEmpty()
        ? new Answer(200, JSON, bytes("{}"))
        : new Answer(503, JSON, bytes("{\"service\":" + quoted(reason.get()) + "}"));
  }

  private static String quoted(String text) {
    return new ObjectMapper().writeValueAsString(text);
  }

  private void route(String path, Source source) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            answer(exchange, path, source);
          }
        });
  }

  private static void answer(HttpExchange exchange, String path, Source source) throws IOException {
    boolean isHead = exchange.getRequestMethod().equals("HEAD");
    Answer answer;
    if (!exchange.getRequestURI().getPath().equals(path)) {
      answer = new Answer(404, TEXT, bytes("not found\n"));
    } else if (!isHead && !exchange.getRequestMethod().equals("GET")) {
      answer = new Answer(405, TEXT, bytes("only GET and HEAD\n"));
    } else {
      answer = source.get();
    }
    exchange.getResponseHeaders().set("Content-Type", answer.type);
    exchange.sendResponseHeaders(answer.status, isHead ? -1 : answer.body.length);
    if (!isHead) {
      exchange.getResponseBody().write(answer.body);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Makes the answer of a path. */
  private interface Source {
    Answer get() throws IOException;
  }

  /** A response; for one exchange, so the array is nobody else's. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Answer(int status, String type, byte[] body) {}
}
