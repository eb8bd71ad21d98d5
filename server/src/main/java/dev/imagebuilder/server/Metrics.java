package dev.imagebuilder.server;

import dev.imagebuilder.logging.LogLevel;
import dev.imagebuilder.service.BuildCounters;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import java.util.function.Supplier;

/** What the service counts, under mk3's names (SPEC 9.6). */
final class Metrics implements BuildCounters {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter buildsStarted;
  private final Counter buildsDone;

  Metrics(String version, Supplier<Map<LogLevel, Long>> logLines) {
    this.buildsStarted =
        Counter.builder()
            .name("gitpod_image_builder_builds_started_total")
            .help("Builds that were started.")
            .register(registry);
    this.buildsDone =
        Counter.builder()
            .name("gitpod_image_builder_builds_done_total")
            .help("Builds that ended.")
            .labelNames("success")
            .register(registry);
    buildsDone.initLabelValues("true");
    buildsDone.initLabelValues("false");
    Gauge.builder()
        .name("gitpod_server_version")
        .help("The version that runs.")
        .labelNames("version")
        .register(registry)
        .labelValues(version)
        .set(1);
    CounterWithCallback.builder()
        .name("gitpod_logs_total")
        .help("Lines logged, by level.")
        .labelNames("level")
        .callback(
            out -> logLines.get().forEach((level, lines) -> out.call(lines, level.toString())))
        .register(registry);
    JvmMetrics.builder().register(registry);
  }

  PrometheusRegistry registry() {
    return registry;
  }

  @Override
  public void started() {
    buildsStarted.inc();
  }

  @Override
  public void done(Result result) {
    buildsDone.labelValues(result == Result.SUCCESS ? "true" : "false").inc();
  }
}
