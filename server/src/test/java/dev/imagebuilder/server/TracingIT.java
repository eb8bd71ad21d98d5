package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.builder.BuildSourceReference;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc;
import dev.imagebuilder.proto.builder.ResolveBaseImageRequest;
import dev.imagebuilder.server.tracing.Collector;
import dev.imagebuilder.service.RequestFault;
import dev.imagebuilder.testing.Eventually;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Spans on their way from a call to a collector. */
@Tag("row-137")
final class TracingIT {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String CALLER = "b7ad6b7169203331";
  private static final String RESOLVE = "/builder.ImageBuilder/ResolveBaseImage";

  private final FakeBuilds builds = new FakeBuilds();
  private Collector collector;

  @BeforeEach
  void start() throws Exception {
    collector = Collector.start();
  }

  @AfterEach
  void stop() throws Exception {
    collector.close();
  }

  @Test
  void callIsASpanInItsCallersTrace() throws Exception {
    try (ServiceProcess service = service(collector.grpc(), "grpc")) {
      resolve(service, TRACE + ":" + CALLER + ":0:1");

      Span span = only(RESOLVE);
      assertThat(HexFormat.of().formatHex(span.getTraceId().toByteArray())).isEqualTo(TRACE);
      assertThat(HexFormat.of().formatHex(span.getParentSpanId().toByteArray())).isEqualTo(CALLER);
      assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
      assertThat(attributes(span))
          .containsEntry("service.build.commit", "c0ffee")
          .containsEntry("service.build.version", "v7");
    }
  }

  @Test
  void headerMayBePercentEncodedAsJaegersClientsWriteIt() throws Exception {
    try (ServiceProcess service = service(collector.grpc(), "grpc")) {
      resolve(
          service,
          URLEncoder.encode("8448eb211c80319c:" + CALLER + ":0:1", StandardCharsets.UTF_8));

      assertThat(HexFormat.of().formatHex(only(RESOLVE).getTraceId().toByteArray()))
          .isEqualTo("00000000000000008448eb211c80319c");
    }
  }

  @Test
  void callWithoutATraceBeginsOneOverHttpToo() throws Exception {
    try (ServiceProcess service = service(collector.http(), "http/protobuf")) {
      resolve(service, "");

      assertThat(only(RESOLVE).getParentSpanId().isEmpty()).isTrue();
      assertThat(collector.resources().getFirst().getResource().getAttributesList().toString())
          .contains("service.name", "image-builder-mk3");
    }
  }

  @Test
  void traceThatTheCallerDoesNotRecordIsNotRecordedHere() throws Exception {
    try (ServiceProcess service = service(collector.grpc(), "grpc")) {
      resolve(service, TRACE + ":" + CALLER + ":0:0");
      resolve(service, "");

      assertThat(only(RESOLVE).getParentSpanId().isEmpty()).isTrue();
    }
  }

  @Test
  void ourOwnFailuresAreMarkedAndHealthChecksLeftOut() throws Exception {
    builds.fail(new RequestFault(RequestFault.Kind.INTERNAL, "no luck"));
    try (ServiceProcess service = service(collector.grpc(), "grpc")) {
      ManagedChannel channel = TestService.connect(service.grpcAddress());
      HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
      channel.shutdownNow();
      assertThatThrownBy(() -> resolve(service, "")).isInstanceOf(StatusRuntimeException.class);

      assertThat(only(RESOLVE).getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
      assertThat(only(RESOLVE).getStatus().getMessage()).isEqualTo("no luck");
      assertThat(collector.spans("/grpc.health.v1.Health/Check")).isEmpty();
    }
  }

  @Test
  void buildKnowsItsTrace() throws Exception {
    builds.add();
    try (ServiceProcess service = service(collector.grpc(), "grpc")) {
      ManagedChannel channel = TestService.connect(service.grpcAddress());
      var responses =
          ImageBuilderGrpc.newBlockingStub(channel)
              .withInterceptors(
                  MetadataUtils.newAttachHeadersInterceptor(header(TRACE + ":" + CALLER + ":0:1")))
              .build(
                  BuildRequest.newBuilder()
                      .setSource(
                          BuildSource.newBuilder()
                              .setRef(BuildSourceReference.newBuilder().setRef("alpine")))
                      .build());
      responses.next();
      channel.shutdownNow();

      String span =
          HexFormat.of().formatHex(only("/builder.ImageBuilder/Build").getSpanId().toByteArray());
      assertThat(builds.requests().getFirst().trace().headers())
          .containsEntry("uber-trace-id", TRACE + ":" + span + ":0:1");
    }
  }

  @Test
  void jaegersPasswordReachesTheCollector() throws Exception {
    Map<String, String> environment = environment(collector.grpc(), "grpc");
    environment.put("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic%20ZXZlOnMzY3JldA%3D%3D");
    try (ServiceProcess service = start(environment)) {
      resolve(service, "");

      var _ = only(RESOLVE);
      assertThat(collector.authorizations()).contains("Basic ZXZlOnMzY3JldA==");
    }
  }

  @Test
  void collectorThatIsAwayCostsCallersNothing() throws Exception {
    String nowhere = collector.grpc();
    collector.close();
    try (ServiceProcess service = service(nowhere, "grpc")) {
      assertThat(resolve(service, "")).isEqualTo("alpine@resolved");
    }
  }

  private ServiceProcess service(String endpoint, String protocol) throws Exception {
    return start(environment(endpoint, protocol));
  }

  private static Map<String, String> environment(String endpoint, String protocol) {
    return new HashMap<>(
        Map.of(
            "OTEL_EXPORTER_OTLP_ENDPOINT", endpoint,
            "OTEL_EXPORTER_OTLP_PROTOCOL", protocol,
            "OTEL_TRACES_SAMPLER", "const",
            "OTEL_TRACES_SAMPLER_ARG", "1",
            "OTEL_BSP_SCHEDULE_DELAY", "50",
            "GITPOD_BUILD_GIT_COMMIT", "c0ffee",
            "GITPOD_BUILD_VERSION", "v7"));
  }

  private ServiceProcess start(Map<String, String> environment) throws Exception {
    ProcessOptions options = TestService.options(TestService.configuration(TestService.config()));
    return ServiceProcess.start(
        new ProcessOptions(options.configuration(), "v0", environment, options.log()),
        (_, _) -> builds);
  }

  private Span only(String name) {
    Eventually.eventually(
        Duration.ofSeconds(20), () -> assertThat(collector.spans(name)).isNotEmpty());
    List<Span> spans = collector.spans(name);
    assertThat(spans).hasSize(1);
    return spans.getFirst();
  }

  private static Map<String, String> attributes(Span span) {
    Map<String, String> attributes = new HashMap<>();
    span.getAttributesList()
        .forEach(pair -> attributes.put(pair.getKey(), pair.getValue().getStringValue()));
    return attributes;
  }

  private static String resolve(ServiceProcess service, String trace) {
    ManagedChannel channel = TestService.connect(service.grpcAddress());
    try {
      return ImageBuilderGrpc.newBlockingStub(channel)
          .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(header(trace)))
          .resolveBaseImage(ResolveBaseImageRequest.newBuilder().setRef("alpine").build())
          .getRef();
    } finally {
      channel.shutdownNow();
    }
  }

  private static Metadata header(String trace) {
    Metadata headers = new Metadata();
    if (!trace.isEmpty()) {
      headers.put(Metadata.Key.of("uber-trace-id", Metadata.ASCII_STRING_MARSHALLER), trace);
    }
    return headers;
  }
}
