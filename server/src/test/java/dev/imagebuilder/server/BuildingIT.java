package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.logging.LogLevel;
import dev.imagebuilder.proto.builder.BuildRegistryAuth;
import dev.imagebuilder.proto.builder.BuildRegistryAuthSelective;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.builder.BuildStatus;
import dev.imagebuilder.proto.builder.ResolveWorkspaceImageRequest;
import dev.imagebuilder.proto.wsman.StopWorkspaceRequest;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.Eventually;
import dev.imagebuilder.testing.Reply;
import dev.imagebuilder.testing.wsmanager.Ending;
import dev.imagebuilder.testing.wsmanager.Program;
import dev.imagebuilder.testing.wsmanager.StandInWorkspace;
import io.grpc.Context;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What callers of Build see, and what reaches ws-manager (SPEC 3.3). */
final class BuildingIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  @TempDir private Path folder;
  private ServiceHouse house;

  @BeforeEach
  void open() throws Exception {
    house = ServiceHouse.open(folder);
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  @Tag("row-14")
  void requestWithoutASource() {
    assertThatThrownBy(() -> house.build(BuildRequest.newBuilder()))
        .hasMessage("INVALID_ARGUMENT: build source is missing");
  }

  @Test
  @Tag("row-15")
  @Tag("row-34")
  void imageThatIsThereIsOneAnswerAndNoWorkspace() {
    house.put(house.ref("app:v1"));
    house.put(located(app()));

    assertThat(house.build(request(app())))
        .containsExactly(done(located(app()), house.digestForm("app")));
    assertNothingStarted();
  }

  @Test
  @Tag("row-16")
  void forcedIsBuiltThoughItIsThere() {
    house.put(house.ref("app:v1"));
    house.put(located(app()));

    BuildResponse first = house.begin(request(app()).setForceRebuild(true));

    assertThat(first.getStatus()).isEqualTo(BuildStatus.running);
    assertThat(variable("WORKSPACEKIT_BOBPROXY_TARGETREF")).isEqualTo(located(app()));
  }

  @Test
  @Tag("row-17")
  void imageOfANamedBaseIsAnsweredWithTheNameAsItWasGiven() throws Exception {
    String named = house.ref("old-name:v1");
    house.put(workspaceOf(named));

    assertThat(house.build(request(ServiceHouse.dockerfile()).setBaseImageNameResolved(named)))
        .containsExactly(done(workspaceOf(named), named));
    assertNothingStarted();
  }

  @Test
  @Tag("row-18")
  void namedBaseThatIsThereIsBuiltFromAndNotItsDockerfile() {
    house.put(house.ref("named:v1"));

    var _ =
        house.begin(
            request(ServiceHouse.dockerfile()).setBaseImageNameResolved(house.ref("named:v1")));

    assertThat(variable("BOB_BUILD_BASE")).isEqualTo("false");
    assertThat(variable("WORKSPACEKIT_BOBPROXY_BASEREF")).isEqualTo(house.digestForm("named"));
    assertThat(house.workspace().request().getSpec().getInitializer().hasEmpty()).isTrue();
  }

  @Test
  @Tag("row-19")
  void namedBaseThatIsNotThereLeavesTheRequestsOwnSource() {
    var _ =
        house.begin(
            request(ServiceHouse.dockerfile()).setBaseImageNameResolved(house.ref("none:v1")));

    assertThat(variable("BOB_BUILD_BASE")).isEqualTo("true");
    assertThat(variable("WORKSPACEKIT_BOBPROXY_BASEREF")).startsWith(house.ref("base") + ":");
    assertThat(house.workspace().request().getSpec().getInitializer().getGit().getRemoteUri())
        .isEqualTo("https://git.example/a.git");
  }

  @Test
  @Tag("row-20")
  void namedBaseIsLookedForWithTheBaseRepositorysLogin() throws Exception {
    house.lock("ws");
    String named = house.ref("base:v1");
    house.put(workspaceOf(named));
    var selective =
        BuildRegistryAuth.newBuilder()
            .setSelective(BuildRegistryAuthSelective.getDefaultInstance());

    assertThat(
            house.build(
                request(ServiceHouse.dockerfile())
                    .setAuth(selective)
                    .setBaseImageNameResolved(named)))
        .containsExactly(done(workspaceOf(named), named));
  }

  @Test
  @Tag("row-21")
  void forcedLooksForNoNamedBase() throws Exception {
    String named = house.ref("named:v1");
    house.put(named);
    house.put(workspaceOf(named));

    var _ =
        house.begin(
            request(ServiceHouse.dockerfile())
                .setForceRebuild(true)
                .setBaseImageNameResolved(named));

    assertThat(variable("BOB_BUILD_BASE")).isEqualTo("true");
    assertThat(house.registry().requests(each -> each.path().contains("/named/"))).isEmpty();
  }

  @Test
  @Tag("row-22")
  void namedBaseWhoseImageCannotBeLookedForIsTheEnd() {
    house.lock("ws");
    var request = request(ServiceHouse.dockerfile()).setBaseImageNameResolved(house.ref("base:v1"));

    assertThatThrownBy(() -> house.build(request))
        .hasMessage(
            "INTERNAL: cannot check if image is already built: \"cannot check if image exists:"
                + " \\\"not authorized\\\"\"");
    house.fail("ws", Answer.of(Reply.error(500, "UNKNOWN")));
    assertThatThrownBy(() -> house.build(request))
        .hasMessageStartingWith("INTERNAL: cannot check if image is already built: \"");
    assertNothingStarted();
  }

  @Test
  @Tag("row-26")
  void workspaceDebugsWhileTheServiceDoes() {
    house.manager().program(Program.NOTHING);
    for (LogLevel level : List.of(LogLevel.INFO, LogLevel.DEBUG, LogLevel.TRACE)) {
      house.options().log().setLevel(level);
      var _ = house.build(request(ServiceHouse.dockerfile()));
    }
    house.options().log().setLevel(LogLevel.WARNING);

    assertThat(house.manager().faults().startRequests())
        .extracting(started -> started.getSpec().getEnvvarsList().getLast())
        .allMatch(last -> last.getName().equals("SUPERVISOR_DEBUG_ENABLE"))
        .extracting(last -> last.getValue())
        .containsExactly("false", "true", "true");
  }

  @Test
  @Tag("row-32")
  @Tag("row-34")
  @Tag("row-35")
  void buildThatLeavesNoImageHasFailed() {
    house.manager().program(Program.NOTHING);

    BuildResponse last = house.build(request(ServiceHouse.dockerfile())).getLast();

    assertThat(last.getMessage()).isEqualTo("image build did not produce a workspace image");
    assertThat(last.getStatus()).isEqualTo(BuildStatus.done_failure);
    assertThat(last.getInfo().getStatus()).isEqualTo(BuildStatus.done_failure);
  }

  @Test
  @Tag("row-33")
  @Tag("row-34")
  @Tag("row-35")
  void buildWhoseImageCannotBeLookedForHasFailed() {
    house
        .manager()
        .program(_ -> {
          house.fail("ws", Answer.denied("DENIED"));
          return Ending.success();
        });

    BuildResponse last = house.build(request(ServiceHouse.dockerfile())).getLast();

    assertThat(last.getMessage())
        .startsWith("cannot check if workspace image exists after the build: ");
    assertThat(last.getStatus()).isEqualTo(BuildStatus.done_failure);
    assertThat(last.getInfo().getStatus()).isEqualTo(BuildStatus.done_failure);
  }

  @Test
  @Tag("row-36")
  void buildGoesOnWithoutItsCaller() throws Exception {
    Context.CancellableContext call = Context.current().withCancellation();
    call.run(() -> {
      var _ = house.begin(request(ServiceHouse.dockerfile()));
    });
    StandInWorkspace workspace = house.workspace();
    workspace.terminal().awaitReader();

    call.cancel(null);
    var joined = house.client().build(request(ServiceHouse.dockerfile()).build());
    assertThat(joined.next().getInfo().getBuildId()).isEqualTo(workspace.id());
    house.put(workspace.variable("WORKSPACEKIT_BOBPROXY_TARGETREF"));
    workspace.end(Ending.success());

    assertThat(joined)
        .toIterable()
        .last()
        .extracting(BuildResponse::getStatus)
        .isEqualTo(BuildStatus.done_success);
    assertThat(house.manager().faults().stopRequests()).isEmpty();
    assertThat(house.manager().faults().startRequests()).hasSize(1);
  }

  @Test
  @Tag("row-37")
  void buildThatTakesTooLongHasFailedAndItsWorkspaceIsStopped() throws Exception {
    try (ServiceHouse hasty = ServiceHouse.open(folder, "2s")) {
      BuildResponse last = hasty.build(request(ServiceHouse.dockerfile())).getLast();

      assertThat(last.getStatus()).isEqualTo(BuildStatus.done_failure);
      assertThat(last.getMessage()).contains("did not end within 2s");
      Eventually.eventually(
          PATIENCE,
          () ->
              assertThat(hasty.manager().faults().stopRequests())
                  .extracting(StopWorkspaceRequest::getId)
                  .contains(last.getInfo().getBuildId()));
    }
  }

  private BuildSource app() {
    return ServiceHouse.reference(house.ref("app:v1"));
  }

  private static BuildRequest.Builder request(BuildSource source) {
    return BuildRequest.newBuilder().setSource(source).setTriggeredBy("eve");
  }

  private static BuildResponse done(String ref, String baseRef) {
    return BuildResponse.newBuilder()
        .setStatus(BuildStatus.done_success)
        .setRef(ref)
        .setBaseRef(baseRef)
        .build();
  }

  private String located(BuildSource source) {
    return house
        .client()
        .resolveWorkspaceImage(ResolveWorkspaceImageRequest.newBuilder().setSource(source).build())
        .getRef();
  }

  /** The name of a base's workspace image (SPEC 4.3). */
  private String workspaceOf(String base) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256")
            .digest((base + "\n2\n").getBytes(StandardCharsets.UTF_8));
    return house.ref("ws") + ":" + HexFormat.of().formatHex(hash);
  }

  private String variable(String name) {
    return house.workspace().variable(name);
  }

  private void assertNothingStarted() {
    assertThat(house.manager().faults().startRequests()).isEmpty();
  }
}
