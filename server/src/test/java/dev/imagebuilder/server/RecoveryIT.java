package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.proto.builder.ImageBuilderGrpc;
import dev.imagebuilder.proto.builder.ListBuildsRequest;
import dev.imagebuilder.proto.builder.ListBuildsResponse;
import dev.imagebuilder.server.config.ListenAddress;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RecoveryIT {

  @Test
  void bugInACallEndsItAsInternalAndIsCountedAsThat() throws Exception {
    PrometheusRegistry registry = new PrometheusRegistry();
    var calls =
        new GrpcEndpoint.Calls(
            new CallRecorder(registry), List.of(new Recovery()), List.of(new Broken()));
    try (GrpcEndpoint endpoint =
        GrpcEndpoint.start(new ListenAddress("127.0.0.1", 0), Optional.empty(), calls)) {
      ManagedChannel channel = TestService.connect(endpoint.address());
      var client = ImageBuilderGrpc.newBlockingStub(channel);

      assertThatThrownBy(() -> client.listBuilds(ListBuildsRequest.getDefaultInstance()))
          .hasMessage("INTERNAL: internal error, the service's own log has more");
      channel.shutdownNow();

      ByteArrayOutputStream page = new ByteArrayOutputStream();
      PrometheusTextFormatWriter.create().write(page, registry.scrape());
      assertThat(page.toString(StandardCharsets.UTF_8))
          .contains(
              "grpc_server_handled_total{grpc_code=\"Internal\",grpc_method=\"ListBuilds\","
                  + "grpc_service=\"builder.ImageBuilder\",grpc_type=\"unary\"} 1.0");
    }
  }

  /** Has a bug. */
  private static final class Broken extends ImageBuilderGrpc.ImageBuilderImplBase {
    @Override
    public void listBuilds(
        ListBuildsRequest request, StreamObserver<ListBuildsResponse> responses) {
      throw new IllegalStateException("a bug");
    }
  }
}
