package dev.imagebuilder.server.http;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** {@code /metrics}, in Prometheus' text format, and the series of its own scrapes (SPEC 9.6). */
public final class MetricsPage implements Page {
  /** Where it is. */
  public static final String PATH = "/metrics";

  private final PrometheusRegistry registry;
  private final Counter scrapes;
  private final Gauge inFlight;
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();

  /** Shows what is in a registry. */
  public MetricsPage(PrometheusRegistry registry) {
    this.registry = registry;
    this.scrapes =
        Counter.builder()
            .name("promhttp_metric_handler_requests_total")
            .help("Scrapes by HTTP status code.")
            .labelNames("code")
            .register(registry);
    for (String code : new String[] {"200", "500", "503"}) {
      scrapes.initLabelValues(code);
    }
    this.inFlight =
        Gauge.builder()
            .name("promhttp_metric_handler_requests_in_flight")
            .help("Scrapes being served.")
            .register(registry);
  }

  @Override
  public Reply answer(Request request) throws IOException {
    if (!request.isRead()) {
      return Reply.onlyReads();
    }
    inFlight.inc();
    try {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      writer.write(text, registry.scrape());
      scrapes.labelValues("200").inc();
      return new Reply(200, writer.getContentType(), text.toByteArray());
    } catch (IOException | RuntimeException e) {
      scrapes.labelValues("500").inc();
      throw e;
    } finally {
      inFlight.dec();
    }
  }
}
