package dev.imagebuilder.server.tracing;

import dev.imagebuilder.net.Network;
import io.grpc.ServerInterceptor;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.extension.trace.propagation.JaegerPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.common.export.ProxyOptions;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The OpenTelemetry SDK. Apart from {@link Tracing}: it is loaded only where traces are wanted. */
final class TracingSdk implements AutoCloseable {
  private static final String NAME = "dev.imagebuilder";

  /** How long a stop waits for spans on their way. */
  private static final Duration LAST_SPANS = Duration.ofSeconds(2);

  /**
   * The later one wins where a caller sends both. Jaeger's is deprecated since Jaeger has moved on;
   * mk3's callers have not.
   */
  @SuppressWarnings("deprecation")
  private static final TextMapPropagator PROPAGATOR =
      TextMapPropagator.composite(
          W3CTraceContextPropagator.getInstance(), JaegerPropagator.getInstance());

  private final OpenTelemetrySdk sdk;
  private final CallTracer interceptor;

  private TracingSdk(OpenTelemetrySdk sdk, TracingSettings settings) {
    this.sdk = sdk;
    Tracer tracer = sdk.getTracer(NAME);
    this.interceptor = new CallTracer(tracer, PROPAGATOR, settings.buildTags());
  }

  /**
   * Starts it.
   *
   * @throws RuntimeException if it does not like a setting; the SDK has no narrower one for all
   */
  static TracingSdk start(TracingSettings settings, Network network) {
    boolean hasOwnTrust =
        settings.properties().keySet().stream().anyMatch(key -> key.endsWith(".certificate"));
    OpenTelemetrySdk sdk =
        AutoConfiguredOpenTelemetrySdk.builder()
            .disableShutdownHook()
            .addPropertiesCustomizer(_ -> settings.properties())
            .addSpanExporterCustomizer(
                (exporter, _) -> hasOwnTrust ? exporter : replaced(exporter, network))
            .build()
            .getOpenTelemetrySdk();
    return new TracingSdk(sdk, settings);
  }

  ServerInterceptor interceptor() {
    return interceptor;
  }

  @Override
  public void close() {
    var _ = sdk.shutdown().join(LAST_SPANS.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static SpanExporter replaced(SpanExporter exporter, Network network) {
    return switch (exporter) {
      case OtlpHttpSpanExporter http -> {
        http.close();
        yield http.toBuilder()
            .setSslContext(network.trust(), network.trustManager())
            .setProxy(ProxyOptions.create(network.proxies()))
            .build();
      }
      case OtlpGrpcSpanExporter grpc -> {
        grpc.close();
        yield grpc.toBuilder().setSslContext(network.trust(), network.trustManager()).build();
      }
      default -> exporter;
    };
  }
}
