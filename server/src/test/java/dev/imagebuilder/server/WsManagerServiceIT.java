package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.imagebuilder.devregistry.DevRegistry;
import dev.imagebuilder.devregistry.DevRegistryOptions;
import dev.imagebuilder.proto.builder.BuildInfo;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.builder.BuildSourceReference;
import dev.imagebuilder.proto.builder.BuildStatus;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc.ImageBuilderBlockingStub;
import dev.imagebuilder.proto.builder.ListBuildsRequest;
import dev.imagebuilder.proto.builder.LogsRequest;
import dev.imagebuilder.testing.Eventually;
import dev.imagebuilder.testing.PlainRegistryClient;
import dev.imagebuilder.testing.TemporaryFolder;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import dev.imagebuilder.testing.wsmanager.Ending;
import dev.imagebuilder.testing.wsmanager.Program;
import dev.imagebuilder.testing.wsmanager.StandInWorkspace;
import dev.imagebuilder.testing.wsmanager.StartFault;
import dev.imagebuilder.testing.wsmanager.WsManager;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole service with the backend ws-manager, against a stand-in for it. */
final class WsManagerServiceIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private final TestImage image = TestImages.oci("base");
  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private final List<ManagedChannel> channels = new ArrayList<>();
  private TemporaryFolder folder;
  private DevRegistry registry;
  private WsManager manager;

  @BeforeEach
  void start() throws Exception {
    folder = TemporaryFolder.named("wsmanager");
    registry = DevRegistry.start(DevRegistryOptions.onLoopback(folder.path().resolve("r"), 0));
    PlainRegistryClient.of(registry.uri()).push("base", "v1", image);
    manager = WsManager.start(Program.FOREVER);
  }

  @AfterEach
  void stop() throws Exception {
    channels.forEach(ManagedChannel::shutdownNow);
    manager.close();
    registry.close();
    folder.close();
  }

  @Test
  @Tag("row-145")
  void buildInAWorkspaceMakesAnImageThatIsThenFound() throws Exception {
    manager.program(pushing("hello from the workspace\n"));
    try (ServiceProcess service = service()) {
      ImageBuilderBlockingStub client = client(service);
      mayEnd.countDown();

      List<BuildResponse> first = new ArrayList<>();
      client.build(request()).forEachRemaining(first::add);
      List<BuildResponse> second = new ArrayList<>();
      client.build(request()).forEachRemaining(second::add);

      assertThat(first.getFirst().getStatus()).isEqualTo(BuildStatus.running);
      BuildResponse last = first.getLast();
      assertThat(last.getMessage()).isEmpty();
      assertThat(last.getStatus()).isEqualTo(BuildStatus.done_success);
      assertThat(last.getInfo().getStatus()).isEqualTo(BuildStatus.done_success);
      assertThat(second).hasSize(1);
      assertThat(log(client, last.getInfo())).contains("hello from the workspace\n");
    }
  }

  @Test
  @Tag("row-31")
  @Tag("row-146")
  void row31And146LogInfoIsSentOnceThereIsAUrl() throws Exception {
    manager.program(pushing(""));
    try (ServiceProcess service = service()) {
      ImageBuilderBlockingStub client = client(service);

      Iterator<BuildResponse> responses = client.build(request());
      List<BuildResponse> all = new ArrayList<>();
      BuildResponse next = responses.next();
      while (!next.getInfo().hasLogInfo()) {
        all.add(next);
        next = responses.next();
      }

      StandInWorkspace workspace = manager.workspaces().getFirst();
      assertThat(next.getInfo().getBuildId()).isEqualTo(workspace.id());
      assertThat(next.getInfo().getLogInfo().getUrl()).endsWith("/w/" + workspace.id());
      assertThat(next.getInfo().getLogInfo().getHeadersMap())
          .containsEntry("x-gitpod-owner-token", workspace.token());
      mayEnd.countDown();
      responses.forEachRemaining(all::add);
      assertThat(all.getLast().getStatus()).isEqualTo(BuildStatus.done_success);
    }
  }

  @Test
  @Tag("row-32")
  void row32WorkspaceThatEndsWithoutAnImageIsAFailure() throws Exception {
    manager.program(Program.NOTHING);
    try (ServiceProcess service = service()) {
      BuildResponse last = last(client(service).build(request()));

      assertThat(last.getStatus()).isEqualTo(BuildStatus.done_failure);
      assertThat(last.getInfo().getStatus()).isEqualTo(BuildStatus.done_failure);
      assertThat(last.getMessage()).isEqualTo("image build did not produce a workspace image");
    }
  }

  @Test
  void usersMistakeIsRecognisedByItsBeginning() throws Exception {
    manager.program(_ -> Ending.taskFailed("build failed: RUN false: exit code 1"));
    try (ServiceProcess service = service()) {
      BuildResponse last = last(client(service).build(request()));

      assertThat(last.getMessage()).startsWith("build failed: RUN false: exit code 1");
    }
  }

  @Test
  @Tag("row-29")
  void row29RefusedStartIsInternalWithoutRetry() throws Exception {
    manager
        .faults()
        .nextStarts(
            100,
            new StartFault.Refuse(
                Status.FAILED_PRECONDITION.withDescription("cannot create workspace")));
    try (ServiceProcess service = service()) {
      StatusRuntimeException failure = failure(client(service));

      assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
      assertThat(failure.getStatus().getDescription())
          .isEqualTo(
              "cannot start build: \"rpc error: code = FailedPrecondition desc = cannot create"
                  + " workspace\"");
      assertThat(manager.faults().startRequests()).hasSize(1);
    }
  }

  @Test
  @Tag("row-40")
  @Tag("row-87")
  void row40And87SecondReplicaListsJoinsAndLogsTheBuild() throws Exception {
    manager.program(pushing("only once\n"));
    try (ServiceProcess one = service();
        ServiceProcess other = service()) {
      Iterator<BuildResponse> first = client(one).build(request());
      BuildInfo started = first.next().getInfo();
      Eventually.eventually(PATIENCE, () -> assertThat(list(other)).hasSize(1));
      Iterator<BuildResponse> second = client(other).build(request());
      BuildInfo joined = second.next().getInfo();
      mayEnd.countDown();

      assertThat(joined.getBuildId()).isEqualTo(started.getBuildId());
      assertThat(last(first).getStatus()).isEqualTo(BuildStatus.done_success);
      assertThat(last(second).getStatus()).isEqualTo(BuildStatus.done_success);
      assertThat(log(client(other), joined)).contains("only once\n");
      assertThat(manager.faults().startRequests()).hasSize(1);
    }
  }

  @Test
  @Tag("row-87")
  void row87BuildOutlivesARestartAndIsFoundAgain() throws Exception {
    manager.program(pushing("before and after\n"));
    BuildInfo started;
    try (ServiceProcess service = service()) {
      started = client(service).build(request()).next().getInfo();
      Eventually.eventually(PATIENCE, () -> assertThat(manager.workspaces()).hasSize(1));
    }
    assertThat(manager.faults().stopRequests()).isEmpty();
    try (ServiceProcess service = service()) {
      Eventually.eventually(PATIENCE, () -> assertThat(list(service)).hasSize(1));
      Iterator<BuildResponse> joined = client(service).build(request());
      BuildResponse next = joined.next();
      mayEnd.countDown();

      assertThat(next.getInfo().getBuildId()).isEqualTo(started.getBuildId());
      assertThat(last(joined).getStatus()).isEqualTo(BuildStatus.done_success);
      assertThat(log(client(service), started)).contains("before and after\n");
    }
  }

  @Test
  @Tag("row-125")
  @Tag("row-131")
  void row131StartsWithoutWsManagerAndReadinessTells() throws Exception {
    manager.goAway();
    try (ServiceProcess service = service()) {
      var ready = TestService.get(service.healthAddress(), "/ready");
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.body()).contains("ws-manager");
      assertThat(list(service)).isEmpty();

      manager.comeBack();

      Eventually.eventually(
          PATIENCE,
          () ->
              assertThat(TestService.get(service.healthAddress(), "/ready").statusCode())
                  .isEqualTo(200));
    }
  }

  @Test
  @Tag("row-137")
  void startOfAWorkspaceBelongsToTheTraceOfTheBuildsCaller() throws Exception {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("uber-trace-id", Metadata.ASCII_STRING_MARSHALLER),
        trace + ":b7ad6b7169203331:0:1");
    manager.program(Program.NOTHING);
    try (ServiceProcess service =
        service(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"))) {
      var _ =
          last(
              client(service)
                  .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                  .build(request()));

      assertThat(manager.faults().traces())
          .singleElement()
          .asString()
          .matches("StartWorkspace " + trace + ":[0-9a-f]{16}:0:1")
          .doesNotContain("b7ad6b7169203331");
    }
  }

  private Program pushing(String output) {
    return workspace -> {
      workspace.terminal().awaitReader();
      workspace.terminal().print(output);
      if (!mayEnd.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        return Ending.failed("the test never let it end");
      }
      String target = workspace.variable("WORKSPACEKIT_BOBPROXY_TARGETREF");
      PlainRegistryClient.of(registry.uri())
          .push("ws", target.substring(target.lastIndexOf(':') + 1), image);
      return Ending.success();
    };
  }

  private ServiceProcess service() throws Exception {
    return service(Map.of());
  }

  private ServiceProcess service(Map<String, String> environment) throws Exception {
    String json =
        TestService.config()
            .replace("reg.example", registry.domain())
            .replace(
                "\"backend\": \"local\"",
                "\"wsman\": {\"address\": \""
                    + manager.address()
                    + "\"}, \"pullSecret\": \"pull\", \"builderImage\": \"reg.example/bob:v1\"");
    ProcessOptions options = TestService.options(TestService.configuration(json));
    return ServiceProcess.start(
        new ProcessOptions(options.configuration(), "v0", environment, options.log()));
  }

  private ImageBuilderBlockingStub client(ServiceProcess service) {
    ManagedChannel channel = TestService.connect(service.grpcAddress());
    channels.add(channel);
    return ImageBuilderGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  private List<BuildInfo> list(ServiceProcess service) {
    return client(service).listBuilds(ListBuildsRequest.getDefaultInstance()).getBuildsList();
  }

  private StatusRuntimeException failure(ImageBuilderBlockingStub client) {
    return catchThrowableOfType(StatusRuntimeException.class, () -> last(client.build(request())));
  }

  private static BuildResponse last(Iterator<BuildResponse> responses) {
    BuildResponse last = responses.next();
    while (responses.hasNext()) {
      last = responses.next();
    }
    return last;
  }

  private static String log(ImageBuilderBlockingStub client, BuildInfo info) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    client
        .logs(
            LogsRequest.newBuilder()
                .setBuildRef(info.getRef())
                .setBuildId(info.getBuildId())
                .build())
        .forEachRemaining(chunk -> text.writeBytes(chunk.getContent().toByteArray()));
    return text.toString(StandardCharsets.UTF_8);
  }

  private BuildRequest request() {
    return BuildRequest.newBuilder()
        .setSource(
            BuildSource.newBuilder()
                .setRef(BuildSourceReference.newBuilder().setRef(registry.domain() + "/base:v1")))
        .setTriggeredBy("eve")
        .build();
  }
}
