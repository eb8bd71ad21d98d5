package dev.imagebuilder.server.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.net.Network;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The installer's variables, as SPEC 9.9 has them. */
@Tag("row-137")
final class TracingSettingsTest {
  private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";

  @Test
  void nothingIsTracedUnlessItIsSaidWhereTracesGo() {
    assertThat(TracingSettings.of(Map.of())).isEmpty();
    assertThat(TracingSettings.of(Map.of("OTEL_TRACES_SAMPLER", "const"))).isEmpty();
    assertThat(TracingSettings.of(Map.of("JAEGER_SERVICE_NAME", "x"))).isEmpty();
    assertThat(TracingSettings.of(Map.of(ENDPOINT, "http://c:4317", "OTEL_SDK_DISABLED", "true")))
        .isEmpty();
    assertThat(TracingSettings.of(Map.of("JAEGER_AGENT_HOST", "agent", "JAEGER_DISABLED", "true")))
        .isEmpty();
    assertThat(
            TracingSettings.of(Map.of(ENDPOINT, "http://c:4317", "OTEL_TRACES_EXPORTER", "none")))
        .isEmpty();
  }

  @Test
  void openTelemetrysOwnVariablesGoToTheSdkAsTheyAre() {
    TracingSettings settings =
        of(
            ENDPOINT,
            "http://collector:4317",
            "OTEL_SERVICE_NAME",
            "mine",
            "OTEL_RESOURCE_ATTRIBUTES",
            "a=1,b=2",
            "OTEL_BSP_MAX_QUEUE_SIZE",
            "100",
            "OTEL_TRACES_SAMPLER",
            "traceidratio",
            "OTEL_TRACES_SAMPLER_ARG",
            "0.25");

    assertThat(settings.warnings()).isEmpty();
    assertThat(settings.properties())
        .containsEntry("otel.exporter.otlp.endpoint", "http://collector:4317")
        .containsEntry("otel.exporter.otlp.protocol", "grpc")
        .containsEntry("otel.service.name", "mine")
        .containsEntry("otel.resource.attributes", "a=1,b=2")
        .containsEntry("otel.bsp.max.queue.size", "100")
        .containsEntry("otel.traces.sampler", "traceidratio")
        .containsEntry("otel.traces.sampler.arg", "0.25");
  }

  @Test
  void portTellsTheProtocolUnlessItIsSaid() {
    assertThat(of(ENDPOINT, "http://c:4318").properties())
        .containsEntry("otel.exporter.otlp.protocol", "http/protobuf");
    assertThat(of(ENDPOINT, "https://api.example/otlp").properties())
        .containsEntry("otel.exporter.otlp.protocol", "http/protobuf");
    assertThat(of(ENDPOINT, "http://c:4318", "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc").properties())
        .containsEntry("otel.exporter.otlp.protocol", "grpc");
    assertThat(of(ENDPOINT, "collector:4317").endpoint()).isEqualTo("http://collector:4317");
  }

  @Test
  void jaegersSamplersAreUnderstoodUnderBothNames() {
    assertSampler("const", "1", "parentbased_always_on", "");
    assertSampler("const", "0", "parentbased_always_off", "");
    assertSampler("probabilistic", "0.1", "parentbased_traceidratio", "0.1");
    assertSampler("always_off", "", "always_off", "");
  }

  @Test
  void samplersThatNobodyKnowsAreWarnedAbout() {
    TracingSettings unknown = of(ENDPOINT, "http://c:4317", "OTEL_TRACES_SAMPLER", "ratelimiting");
    TracingSettings noNumber =
        of(
            ENDPOINT,
            "http://c:4317",
            "OTEL_TRACES_SAMPLER",
            "probabilistic",
            "OTEL_TRACES_SAMPLER_ARG",
            "7");

    assertThat(unknown.warnings())
        .containsExactly(
            "OTEL_TRACES_SAMPLER: not known: ratelimiting; parentbased_always_on is used");
    assertThat(unknown.properties()).containsEntry("otel.traces.sampler", "parentbased_always_on");
    assertThat(noNumber.warnings())
        .containsExactly("OTEL_TRACES_SAMPLER_ARG: not a number from 0 to 1: 7; 1 is used");
  }

  @Test
  void jaegersVariablesMeanOtlpOnTheSameHost() {
    TracingSettings settings =
        of(
            "JAEGER_ENDPOINT",
            "https://jaeger.example:14268/api/traces",
            "JAEGER_USER",
            "eve",
            "JAEGER_PASSWORD",
            "s3cret",
            "JAEGER_SERVICE_NAME",
            "builder",
            "JAEGER_TAGS",
            "region=eu,broken",
            "JAEGER_SAMPLER_TYPE",
            "const",
            "JAEGER_SAMPLER_PARAM",
            "1");

    assertThat(settings.endpoint()).isEqualTo("https://jaeger.example:4317");
    assertThat(settings.properties())
        .containsEntry("otel.exporter.otlp.headers", "authorization=Basic%20ZXZlOnMzY3JldA%3D%3D")
        .containsEntry("otel.service.name", "builder")
        .containsEntry("otel.resource.attributes", "region=eu")
        .containsEntry("otel.traces.sampler", "parentbased_always_on");
    assertThat(settings.warnings())
        .containsExactly(
            "JAEGER_ENDPOINT: Jaeger's own protocol is not spoken; spans go to"
                + " https://jaeger.example:4317 as OTLP. Set OTEL_EXPORTER_OTLP_ENDPOINT",
            "JAEGER_TAGS: not key=value, left out: broken");
    assertThat(settings).hasToString("traces to https://jaeger.example:4317");
    assertThat(of("JAEGER_AGENT_HOST", "agent").endpoint()).isEqualTo("http://agent:4317");
  }

  @Test
  void passwordsAreInNoMessage() {
    TracingSettings settings =
        of(ENDPOINT, "http://eve:s3cret@c:4317", "OTEL_EXPORTER_OTLP_HEADERS", "api-key=k,s3cret");

    assertThat(settings.warnings())
        .containsExactly("OTEL_EXPORTER_OTLP_HEADERS: number 2 is not key=value, left out");
    assertThat(settings.toString()).isEqualTo("traces to http://c:4317");
    assertThat(settings.properties()).containsEntry("otel.exporter.otlp.headers", "api-key=k");
  }

  @Test
  void whatTheSdkRefusesIsAWarningAndNoCrash() {
    for (Map<String, String> environment :
        List.of(
            Map.of(ENDPOINT, "ftp://nowhere"),
            Map.of(ENDPOINT, "http://c:4317", "OTEL_EXPORTER_OTLP_PROTOCOL", "carrier-pigeon"),
            Map.of(ENDPOINT, "http://c:4317", "OTEL_BSP_MAX_QUEUE_SIZE", "many"),
            Map.of(ENDPOINT, "http://a b"))) {
      try (Tracing tracing = Tracing.start(environment, Network.ofJdk())) {
        assertThat(tracing.interceptors()).as(environment.toString()).isEmpty();
      }
    }
    assertThat(TracingSettings.of(Map.of("JAEGER_ENDPOINT", "::"))).isEmpty();
  }

  private static void assertSampler(String name, String argument, String sampler, String arg) {
    assertThat(
            of(
                    ENDPOINT,
                    "http://c:4317",
                    "OTEL_TRACES_SAMPLER",
                    name,
                    "OTEL_TRACES_SAMPLER_ARG",
                    argument)
                .properties())
        .containsEntry("otel.traces.sampler", sampler)
        .containsEntry("otel.traces.sampler.arg", arg);
    assertThat(
            of(
                    ENDPOINT,
                    "http://c:4317",
                    "JAEGER_SAMPLER_TYPE",
                    name,
                    "JAEGER_SAMPLER_PARAM",
                    argument)
                .properties())
        .containsEntry("otel.traces.sampler", sampler);
  }

  private static TracingSettings of(String... variables) {
    Map<String, String> environment = new HashMap<>();
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    return TracingSettings.of(environment).orElseThrow();
  }
}
