package dev.imagebuilder.testing.wsmanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.proto.contentservice.EmptyInitializer;
import dev.imagebuilder.proto.contentservice.GitInitializer;
import dev.imagebuilder.proto.contentservice.WorkspaceInitializer;
import dev.imagebuilder.proto.wsman.EnvironmentVariable;
import dev.imagebuilder.proto.wsman.GetWorkspacesRequest;
import dev.imagebuilder.proto.wsman.IDEImage;
import dev.imagebuilder.proto.wsman.MetadataFilter;
import dev.imagebuilder.proto.wsman.StartWorkspaceRequest;
import dev.imagebuilder.proto.wsman.StartWorkspaceSpec;
import dev.imagebuilder.proto.wsman.StopWorkspaceRequest;
import dev.imagebuilder.proto.wsman.SubscribeRequest;
import dev.imagebuilder.proto.wsman.SubscribeResponse;
import dev.imagebuilder.proto.wsman.WorkspaceManagerGrpc;
import dev.imagebuilder.proto.wsman.WorkspaceManagerGrpc.WorkspaceManagerBlockingStub;
import dev.imagebuilder.proto.wsman.WorkspaceMetadata;
import dev.imagebuilder.proto.wsman.WorkspacePhase;
import dev.imagebuilder.proto.wsman.WorkspaceStatus;
import dev.imagebuilder.testing.Eventually;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The stand-in does what SPEC 3.3 and 7.5 say of the real one. */
final class WsManagerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final MetadataFilter OURS =
      MetadataFilter.newBuilder().putAnnotations("managed-by", "image-builder").build();
  private WsManager manager;
  private ManagedChannel channel;
  private WorkspaceManagerBlockingStub client;

  @BeforeEach
  void start() throws IOException {
    manager = WsManager.start(Program.FOREVER);
    channel = NettyChannelBuilder.forTarget(manager.address()).usePlaintext().build();
    client = WorkspaceManagerGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    manager.close();
  }

  @Test
  void firstUpdatesHaveNoUrlAndTheLastComesTwice() {
    Iterator<SubscribeResponse> updates = subscribe();
    manager.program(Program.NOTHING);

    var _ = client.startWorkspace(request().build());

    List<WorkspaceStatus> all = new ArrayList<>();
    while (all.stream().filter(each -> each.getPhase() == WorkspacePhase.STOPPED).count() < 2) {
      all.add(updates.next().getStatus());
    }
    assertThat(all.getFirst().getPhase()).isEqualTo(WorkspacePhase.UNKNOWN);
    assertThat(all.get(1).getPhase()).isEqualTo(WorkspacePhase.PENDING);
    assertThat(all.subList(0, 2))
        .allMatch(each -> each.getSpec().getUrl().isEmpty())
        .allMatch(each -> each.getAuth().getOwnerToken().isEmpty())
        .noneMatch(WorkspaceStatus::hasRuntime);
    assertThat(all.getLast().getSpec().getUrl()).startsWith("http://127.0.0.1:");
    assertThat(all.getLast().getMessage()).isEmpty();
    assertThat(all.getLast().getMetadata().getAnnotationsMap())
        .containsEntry("ref", "r")
        .containsKey("gitpod.io/cpuMinLimit");
  }

  @Test
  void badRequestsAreRefusedAsTheRealOneDoes() {
    assertRefused(request().clearSpec(), Status.Code.INTERNAL, "nil pointer");
    assertRefused(request().clearMetadata(), Status.Code.INTERNAL, "nil pointer");
    assertRefused(with(spec().clearIdeImage()), Status.Code.INTERNAL, "nil pointer");
    assertRefused(
        with(
            spec()
                .setInitializer(
                    WorkspaceInitializer.newBuilder().setGit(GitInitializer.getDefaultInstance()))),
        Status.Code.INTERNAL,
        "nil pointer");
    assertRefused(request().setId(""), Status.Code.INVALID_ARGUMENT, "id");
    assertRefused(with(spec().clearWorkspaceLocation()), Status.Code.INVALID_ARGUMENT, "location");
    assertRefused(with(spec().clearWorkspaceImage()), Status.Code.INVALID_ARGUMENT, "image");
    assertRefused(with(spec().clearInitializer()), Status.Code.INVALID_ARGUMENT, "initializer");
    assertRefused(
        request().setMetadata(metadata().setOwner("eve@example.com")),
        Status.Code.FAILED_PRECONDITION,
        "cannot create workspace");
    assertRefused(
        with(spec().setInitializer(WorkspaceInitializer.getDefaultInstance())),
        Status.Code.FAILED_PRECONDITION,
        "cannot create workspace");
    assertRefused(request().setId("NO_DNS_name"), Status.Code.UNKNOWN, "");
    assertThat(manager.workspaces()).isEmpty();
  }

  @Test
  void sameIdAgainIsAlreadyThere() {
    StartWorkspaceRequest request = request().build();
    var _ = client.startWorkspace(request);

    assertRefused(request.toBuilder(), Status.Code.ALREADY_EXISTS, "already exists");
  }

  @Test
  void onlyAnnotationsFilterAndWhatIsStoppedGoesAway() {
    var _ = client.startWorkspace(request().build());
    var _ =
        client.startWorkspace(
            request().setMetadata(WorkspaceMetadata.newBuilder().setOwner("eve")).build());

    assertThat(list(OURS)).hasSize(1);
    assertThat(list(MetadataFilter.newBuilder().setOwner("nobody").build())).hasSize(2);

    String id = list(OURS).getFirst().getId();
    var _ = client.stopWorkspace(StopWorkspaceRequest.newBuilder().setId(id).build());
    var _ = client.stopWorkspace(StopWorkspaceRequest.newBuilder().setId("unknown").build());

    Eventually.eventually(PATIENCE, () -> assertThat(list(OURS)).isEmpty());
  }

  @Test
  void slowSubscriberIsCutOff() {
    var _ = client.startWorkspace(request().build());
    Iterator<SubscribeResponse> updates = subscribe();
    Eventually.eventually(PATIENCE, () -> assertThat(manager.subscribers()).isEqualTo(1));

    // More than the buffer and what the connection itself holds.
    for (int i = 0; i < 100_000 && manager.subscribers() > 0; i++) {
      manager.workspaces().getFirst().touch();
    }

    assertThatThrownBy(() -> updates.forEachRemaining(_ -> {}))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessage("UNKNOWN: subscription was canceled");
  }

  @Test
  void commandRunsWithTheWorkspacesVariablesAndItsReasonIsBobsLog() throws Exception {
    manager.program(
        Program.command(
            List.of(
                "/bin/sh",
                "-c",
                "echo building $BOB_TARGET_REF; mkdir .gitpod;"
                    + " printf 'build failed: because' > .gitpod/bob.log; exit 1")));
    manager.pace(Pace.fast().withRemovalAfter(Duration.ofSeconds(20)));

    var started =
        client.startWorkspace(
            with(spec()
                    .addEnvvars(
                        EnvironmentVariable.newBuilder()
                            .setName("BOB_TARGET_REF")
                            .setValue("there")))
                .build());
    Eventually.eventually(
        PATIENCE,
        () ->
            assertThat(list(OURS).getFirst().getConditions().getHeadlessTaskFailed())
                .startsWith("image build failed: build failed: because. "));

    String alias = manager.workspaces().getFirst().alias();
    String output =
        get(started.getUrl() + "/_supervisor/v1/terminal/listen/" + alias, started.getOwnerToken());
    assertThat(output)
        .startsWith("{\"result\":{\"title\":\"build\"")
        .contains("\"data\":\"YnVpbGRpbmcgdGhlcmUK\"")
        .contains("\"exitCode\":1");
    assertThat(get(started.getUrl() + "/_supervisor/v1/status/tasks", started.getOwnerToken()))
        .contains(alias);
    assertThat(get(started.getUrl() + "/_supervisor/v1/status/tasks", "wrong")).isEqualTo("401");
  }

  private Iterator<SubscribeResponse> subscribe() {
    Iterator<SubscribeResponse> updates =
        client.subscribe(SubscribeRequest.newBuilder().setMustMatch(OURS).build());
    Eventually.eventually(PATIENCE, () -> assertThat(manager.subscribers()).isEqualTo(1));
    return updates;
  }

  private List<WorkspaceStatus> list(MetadataFilter filter) {
    return client
        .getWorkspaces(GetWorkspacesRequest.newBuilder().setMustMatch(filter).build())
        .getStatusList();
  }

  private void assertRefused(StartWorkspaceRequest.Builder request, Status.Code code, String text) {
    assertThatThrownBy(() -> client.startWorkspace(request.build()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class, e -> assertThat(e.getStatus().getCode()).isEqualTo(code))
        .hasMessageContaining(text);
  }

  private static StartWorkspaceRequest.Builder with(StartWorkspaceSpec.Builder spec) {
    return request().setSpec(spec);
  }

  private static StartWorkspaceRequest.Builder request() {
    return StartWorkspaceRequest.newBuilder()
        .setId(UUID.randomUUID().toString())
        .setMetadata(metadata())
        .setSpec(spec());
  }

  private static WorkspaceMetadata.Builder metadata() {
    return WorkspaceMetadata.newBuilder()
        .setOwner("eve")
        .putAnnotations("ref", "r")
        .putAnnotations("managed-by", "image-builder");
  }

  private static StartWorkspaceSpec.Builder spec() {
    return StartWorkspaceSpec.newBuilder()
        .setWorkspaceImage("bob")
        .setWorkspaceLocation("/workspace")
        .setIdeImage(IDEImage.getDefaultInstance())
        .setInitializer(
            WorkspaceInitializer.newBuilder().setEmpty(EmptyInitializer.getDefaultInstance()));
  }

  private static String get(String url, String token) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      var response =
          http.send(
              HttpRequest.newBuilder(URI.create(url)).header("x-gitpod-owner-token", token).build(),
              BodyHandlers.ofString());
      return response.statusCode() == 200 ? response.body() : "" + response.statusCode();
    }
  }
}
