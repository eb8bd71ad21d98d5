package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.devregistry.DevRegistry;
import dev.imagebuilder.devregistry.DevRegistryOptions;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.builder.BuildSourceReference;
import dev.imagebuilder.proto.builder.BuildStatus;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc;
import dev.imagebuilder.proto.builder.LogsRequest;
import dev.imagebuilder.testing.Peers;
import dev.imagebuilder.testing.PlainRegistryClient;
import dev.imagebuilder.testing.TemporaryFolder;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The service with all its real parts. */
final class WiringIT {
  private final TestImage image = TestImages.oci("base");
  private TemporaryFolder folder;
  private DevRegistry registry;

  @BeforeEach
  void start() throws Exception {
    Peers.require("buildah", "apt-get install buildah runc");
    folder = TemporaryFolder.named("wiring");
    registry = DevRegistry.start(DevRegistryOptions.onLoopback(folder.path().resolve("r"), 0));
    PlainRegistryClient.of(registry.uri()).push("base", "v1", image);
  }

  @AfterEach
  void stop() throws Exception {
    if (registry != null) {
      registry.close();
      folder.close();
    }
  }

  @Test
  void referenceBecomesAWorkspaceImageAndIsThenFound() throws Exception {
    try (ServiceProcess service = ServiceProcess.start(options(Map.of()))) {
      ManagedChannel channel = TestService.connect(service.grpcAddress());
      var client = ImageBuilderGrpc.newBlockingStub(channel);

      List<BuildResponse> first = new ArrayList<>();
      client.build(request()).forEachRemaining(first::add);
      List<BuildResponse> second = new ArrayList<>();
      client.build(request()).forEachRemaining(second::add);

      assertThat(first.getFirst().getStatus()).isEqualTo(BuildStatus.running);
      assertThat(first.getLast().getMessage()).isEmpty();
      assertThat(first.getLast().getStatus()).isEqualTo(BuildStatus.done_success);
      assertThat(second).hasSize(1);
      assertThat(second.getFirst().getStatus()).isEqualTo(BuildStatus.done_success);
      assertThat(second.getFirst().getRef()).isEqualTo(first.getLast().getRef());
      String tag = first.getLast().getRef().split(":", -1)[2];
      assertThat(PlainRegistryClient.of(registry.uri()).digest("ws", tag)).contains(image.digest());
      assertThat(
              client.logs(
                  LogsRequest.newBuilder()
                      .setBuildId(first.getLast().getInfo().getBuildId())
                      .build()))
          .toIterable()
          .isNotNull();
      assertThat(TestService.get(service.metricsAddress(), "/metrics").body())
          .contains(
              "gitpod_image_builder_builds_started_total 1",
              "gitpod_image_builder_builds_done_total{success=\"true\"} 1");
      assertThat(service.describe()).startsWith("local: buildah");
      channel.shutdownNow();
    }
  }

  @Test
  void buildkitdOnPathIsUsedWhereItIs() throws Exception {
    Peers.require("buildkitd", "scripts/test, which makes it where Go is installed");

    try (ServiceProcess service = ServiceProcess.start(engine("buildkit"))) {
      assertThat(service.describe()).contains("buildkitd", "our own");
    }
    assertThat(folder.path().resolve("data/work/buildkit/run")).doesNotExist();
  }

  @Test
  void configuredDaemonThatDoesNotAnswerStopsTheStart() {
    String json =
        json()
            .replace(
                "\"backend\"",
                "\"local\": {\"buildkit\": {\"address\": \"unix:///nowhere/b.sock\"}},"
                    + " \"backend\"");
    ProcessOptions broken = TestService.options(TestService.configuration(json));

    assertThatThrownBy(() -> ServiceProcess.start(broken))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("orchestrator.local.buildkit.address")
        .hasMessageContaining("unix:///nowhere/b.sock");
  }

  @Test
  @Tag("row-60")
  void missingPullSecretFileStopsTheStartAndLeavesNothingTaken() throws Exception {
    String json =
        json().replace("\"backend\"", "\"pullSecretFile\": \"/nowhere/x.json\", \"backend\"");
    ProcessOptions broken = TestService.options(TestService.configuration(json));

    assertThatThrownBy(() -> ServiceProcess.start(broken))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("/nowhere/x.json");
    ServiceProcess.start(options(Map.of())).close();
  }

  @Test
  void missingEngineStopsTheStart() {
    assertThatThrownBy(() -> ServiceProcess.start(options(Map.of("PATH", "/nowhere"))))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("apt-get install buildah runc");
  }

  private ProcessOptions engine(String name) {
    return options(
        json().replace("\"backend\"", "\"local\": {\"engine\": \"" + name + "\"}, \"backend\""),
        Map.of());
  }

  private ProcessOptions options(Map<String, String> environment) {
    return options(
        json().replace("\"backend\"", "\"local\": {\"engine\": \"buildah\"}, \"backend\""),
        environment);
  }

  private static ProcessOptions options(String json, Map<String, String> environment) {
    ProcessOptions options = TestService.options(TestService.configuration(json));
    return new ProcessOptions(
        options.configuration(),
        "v0",
        environment.isEmpty() ? System.getenv() : environment,
        options.log());
  }

  private String json() {
    return TestService.config()
        .replace("reg.example", registry.domain())
        .replaceFirst("\\{", "{\"dataDir\": \"" + folder.path().resolve("data") + "\",");
  }

  private BuildRequest request() {
    return BuildRequest.newBuilder()
        .setSource(
            BuildSource.newBuilder()
                .setRef(BuildSourceReference.newBuilder().setRef(registry.domain() + "/base:v1")))
        .build();
  }
}
