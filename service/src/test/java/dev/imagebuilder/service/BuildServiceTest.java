package dev.imagebuilder.service;

import static dev.imagebuilder.service.ServiceFixture.HISTORY;
import static dev.imagebuilder.service.ServiceFixture.PATIENCE;
import static dev.imagebuilder.service.ServiceFixture.await;
import static dev.imagebuilder.service.ServiceFixture.by;
import static dev.imagebuilder.service.ServiceFixture.dockerfile;
import static dev.imagebuilder.service.ServiceFixture.eventually;
import static dev.imagebuilder.service.ServiceFixture.logOf;
import static dev.imagebuilder.service.ServiceFixture.login;
import static dev.imagebuilder.service.ServiceFixture.outcomeOf;
import static dev.imagebuilder.service.ServiceFixture.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Canceled;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildOutcome.FailedStep;
import dev.imagebuilder.core.BuildOutcome.Succeeded;
import dev.imagebuilder.core.BuildOutcome.TimedOut;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.RegistryAuth;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.core.work.Tasks;
import dev.imagebuilder.service.Builds.Workspace;
import dev.imagebuilder.service.RequestFault.Kind;
import dev.imagebuilder.service.ServiceOptions.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildServiceTest {
  private static final Duration SHORT = Duration.ofMillis(30);

  @TempDir private Path logs;
  private ServiceFixture fixture;

  @BeforeEach
  void open() throws Exception {
    fixture = new ServiceFixture(logs);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void aBuildGoesFromTheQueueToItsEnd() throws Exception {
    Build build = fixture.build(request(dockerfile("v1")));
    var run = fixture.backend.next();
    assertThat(run.order().owner()).isEqualTo("ann");
    assertThat(run.order().baseRef()).startsWith(ServiceFixture.BASES + ":");
    assertThat(run.order().workspaceRef())
        .isEqualTo(build.snapshot().ref())
        .startsWith(ServiceFixture.WORKSPACES + ":");

    run.listener().event(new BuildEvent.Building(2, 5, "RUN make"));
    await(build, now -> now.event().equals(new BuildEvent.Building(2, 5, "RUN make")));
    run.listener().log("made".getBytes(UTF_8));
    run.succeed();

    assertThat(outcomeOf(build)).isInstanceOf(Succeeded.class);
    assertThat(logOf(build, 0)).isEqualTo("made\nbuilt " + build.snapshot().ref() + "\n");
    assertThat(fixture.service.running()).isEmpty();
  }

  @Test
  @Tag("row-12")
  void workspaceImagesAreBuildingWhileTheyAreBuilt() throws Exception {
    assertThat(stateOf(dockerfile("v1"))).isEqualTo(Workspace.State.ABSENT);

    Build build = fixture.build(request(dockerfile("v1")));
    assertThat(stateOf(dockerfile("v1"))).isEqualTo(Workspace.State.BUILDING);

    fixture.backend.next().succeed();
    var _ = outcomeOf(build);
    assertThat(stateOf(dockerfile("v1"))).isEqualTo(Workspace.State.PRESENT);
  }

  @Test
  void buildsAreFoundWhileTheyRunAndAfterwards() throws Exception {
    Build first = fixture.build(request(dockerfile("v1")));
    String ref = first.snapshot().ref();
    assertThat(fixture.service.find(first.id())).contains(first);
    assertThat(fixture.service.findByWorkspaceRef(ref)).contains(first);
    assertThat(fixture.service.running()).containsExactly(first);

    fixture.backend.next().fail(Failed.byUser(FailureReason.STEP_FAILED, "no", ""));
    var _ = outcomeOf(first);
    assertThat(idOf(fixture.service.find(first.id()))).isEqualTo(first.id());
    assertThat(idOf(fixture.service.findByWorkspaceRef(ref))).isEqualTo(first.id());

    Build second = fixture.build(request(dockerfile("v1")));
    assertThat(fixture.service.findByWorkspaceRef(ref)).contains(second);
    fixture.backend.next().fail(Failed.byUser(FailureReason.STEP_FAILED, "no", ""));
    var _ = outcomeOf(second);
    assertThat(fixture.service.ended().stream().map(Build::id))
        .containsExactly(second.id(), first.id());
    assertThat(logOf(fixture.service.ended().getFirst(), 0)).isEqualTo("build failed: no\n");
    assertThat(fixture.service.find(BuildId.random())).isEmpty();
    assertThat(fixture.service.findByWorkspaceRef("no/such")).isEmpty();
  }

  @Test
  @Tag("row-32")
  void aSuccessWithoutAnImageIsAFailure() throws Exception {
    Build build = fixture.build(request(dockerfile("v1")));
    fixture.backend.next().end(() -> new Succeeded(Digest.of(new byte[0])));

    assertThat(outcomeOf(build))
        .isEqualTo(
            Failed.bySystem(
                FailureReason.IMAGE_MISSING_AFTER_BUILD,
                "image build did not produce a workspace image",
                ""));
    assertThat(fixture.counters.failed).hasValue(1);
  }

  @Test
  @Tag("row-33")
  void aSuccessThatCannotBeCheckedIsAFailure() throws Exception {
    Build build = fixture.build(request(dockerfile("v1")));
    fixture.images.failing(build.snapshot().ref(), Reason.TRANSPORT);
    fixture.backend.next().succeed();

    assertThat(outcomeOf(build).text())
        .startsWith("cannot check if workspace image exists after the build: resolve reg.example/");
  }

  @Test
  @Tag("row-37")
  void aBuildThatTakesTooLongIsStopped() throws Exception {
    reopen(new Limits(2, 100, SHORT, PATIENCE, PATIENCE));
    Build build = fixture.build(request(dockerfile("v1")));

    assertThat(outcomeOf(build)).isEqualTo(new TimedOut(SHORT));
    assertThat(logOf(build, 0)).contains("did not end within 30ms");
  }

  @Test
  void aBackendThatCannotBeStoppedHoldsNothingUp() throws Exception {
    reopen(new Limits(1, 100, PATIENCE, PATIENCE, SHORT));
    CountDownLatch stuck = new CountDownLatch(1);
    Build build = fixture.build(request(dockerfile("v1")));
    var run = fixture.backend.next();
    run.end(() -> {
      awaitUninterruptibly(stuck);
      run.listener().log("late".getBytes(UTF_8));
      return new Canceled("late");
    });

    build.cancel("ann");
    assertThat(outcomeOf(build)).isEqualTo(new Canceled("ann"));
    Build next = fixture.build(request(dockerfile("v2")));
    fixture.backend.next().succeed();

    assertThat(outcomeOf(next)).isInstanceOf(Succeeded.class);
    stuck.countDown();
  }

  @Test
  void aBuildThatGetsNoPlaceFails() throws Exception {
    reopen(new Limits(1, 100, PATIENCE, SHORT, PATIENCE));
    Build running = fixture.build(request(dockerfile("v1")));
    var run = fixture.backend.next();
    Build waiting = fixture.build(request(dockerfile("v2")));

    BuildOutcome outcome = outcomeOf(waiting);
    run.succeed();

    assertThat(((Failed) outcome).reason()).isEqualTo(FailureReason.QUEUE_TIMEOUT);
    assertThat(outcome.text()).startsWith("the build got no place to run within 30ms. ");
    assertThat(outcomeOf(running)).isInstanceOf(Succeeded.class);
    assertThat(fixture.backend.isIdle()).isTrue();
  }

  @Test
  void waitingBuildsKnowTheirPosition() throws Exception {
    reopen(new Limits(1, 2, PATIENCE, PATIENCE, PATIENCE));
    Build first = fixture.build(request(dockerfile("v1")));
    Build second = fixture.build(request(dockerfile("v2")));
    Build third = fixture.build(request(dockerfile("v3")));

    await(third, now -> now.event().equals(new BuildEvent.Queued(2)));
    second.cancel("ann");
    await(third, now -> now.event().equals(new BuildEvent.Queued(1)));
    first.cancel("ann");
    assertThat(fixture.backend.next().order().id()).isEqualTo(first.id());
    assertThat(fixture.backend.next().order().id()).isEqualTo(third.id());
    assertThat(outcomeOf(second)).isEqualTo(new Canceled("ann"));
  }

  @Test
  void anOwnerWithTooManyWaitingBuildsIsRefused() throws Exception {
    reopen(new Limits(1, 1, PATIENCE, PATIENCE, PATIENCE));
    var _ = fixture.build(request(dockerfile("v1")));
    var _ = fixture.build(request(dockerfile("v2")));

    RequestFault fault =
        catchThrowableOfType(
            RequestFault.class, () -> fixture.service.build(request(dockerfile("v3"))));

    assertThat(fault.kind()).isEqualTo(Kind.RESOURCE_EXHAUSTED);
    assertThat(fault).hasMessageContaining("\"ann\"");
    assertThat(fixture.service.running()).hasSize(2);
    assertThat(fixture.counters.started).hasValue(2);
    assertThat(fixture.build(by("ben", dockerfile("v3")))).isNotNull();
  }

  @Test
  void cancelStopsTheBackendAndGivesThePlaceBack() throws Exception {
    reopen(new Limits(1, 100, PATIENCE, PATIENCE, PATIENCE));
    Build build = fixture.build(request(dockerfile("v1")));
    var _ = fixture.backend.next();

    build.cancel("ann");
    build.cancel("ben");
    assertThat(outcomeOf(build)).isEqualTo(new Canceled("ann"));
    assertThat(logOf(build, 0)).isEqualTo("build canceled by ann\n");

    Build next = fixture.build(request(dockerfile("v2")));
    fixture.backend.next().succeed();
    assertThat(outcomeOf(next)).isInstanceOf(Succeeded.class);
  }

  @Test
  void cancelThatRacesWithTheEndEndsTheBuildOnce() throws Exception {
    List<Build> builds = new ArrayList<>();
    for (int round = 0; round < 300; round++) {
      Build build = fixture.build(request(dockerfile("v" + round)));
      builds.add(build);
      var run = fixture.backend.next();
      CountDownLatch both = new CountDownLatch(2);
      run.end(() -> {
        both.countDown();
        both.await();
        run.push();
        return new Succeeded(Digest.of(new byte[0]));
      });
      Callable<BuildOutcome> cancel =
          () -> {
            both.countDown();
            both.await();
            build.cancel("ann");
            return outcomeOf(build);
          };

      BuildOutcome outcome = Tasks.allOf(List.of(cancel)).getFirst();

      assertThat(outcome).isInstanceOfAny(Succeeded.class, Canceled.class);
      assertThat(logOf(build, 0).lines()).hasSize(1);
    }
    assertThat(builds).allSatisfy(build -> assertThat(build.snapshot().isFinished()).isTrue());
    assertThat(fixture.counters.started).hasValue(300);
    assertThat(fixture.counters.succeeded.get() + fixture.counters.failed.get()).isEqualTo(300);
    assertThat(fixture.service.running()).isEmpty();
  }

  @Test
  void aBugInTheBackendIsAnInternalFailure() throws Exception {
    Build build = fixture.build(request(dockerfile("v1")));
    fixture
        .backend
        .next()
        .end(() -> {
          throw new IllegalStateException("secret detail");
        });

    Failed failed = (Failed) outcomeOf(build);
    assertThat(failed.reason()).isEqualTo(FailureReason.INTERNAL);
    assertThat(failed.text())
        .contains("IllegalStateException", build.id().toString())
        .doesNotContain("secret detail");
  }

  @Test
  @Tag("row-19")
  void aBaseImageThatVanishedIsNamedAsOldClientsExpect() throws Exception {
    fixture.images.with("alpine");
    Build image = fixture.build(request(new BuildSource.Image("alpine")));
    Failed missing = Failed.byUser(FailureReason.BASE_IMAGE_MISSING, "copy: 404", "");
    fixture.backend.next().fail(missing);
    Build from = fixture.build(request(dockerfile("v1")));
    fixture.backend.next().fail(missing);

    assertThat(outcomeOf(image).text())
        .isEqualTo("build failed: base image does not exist: copy: 404");
    assertThat(outcomeOf(from).text()).isEqualTo("build failed: copy: 404");
  }

  @Test
  void secretsAreInNothingThatCanBeSeen() throws Exception {
    Build build = fixture.build(request(dockerfile("v1", login("ann", "hunter22"))));
    var run = fixture.backend.next();
    run.listener().event(new BuildEvent.Building(1, 1, "RUN login hunter22"));
    await(build, now -> now.event().equals(new BuildEvent.Building(1, 1, "RUN login ***")));
    run.listener().log("say hunt".getBytes(UTF_8));
    run.listener().log("er22".getBytes(UTF_8));
    run.fail(
        Failed.byUser(FailureReason.STEP_FAILED, "login hunter22 failed", "Not hunter22")
            .at(new FailedStep("RUN login hunter22", 3, 1)));

    assertThat(outcomeOf(build))
        .isEqualTo(
            Failed.byUser(FailureReason.STEP_FAILED, "login *** failed", "Not ***")
                .at(new FailedStep("RUN login ***", 3, 1)));
    assertThat(logOf(build, 0)).isEqualTo("say ***\nbuild failed: login *** failed. Not ***\n");
    assertThat(fixture.service.ended().toString()).doesNotContain("hunter22");
  }

  @Test
  void oldBuildsAreForgottenWithTheirLogs() throws Exception {
    reopen(ServiceFixture.LIMITS, new ServiceOptions.History(Duration.ofHours(2), 2, 1 << 20));
    for (String version : List.of("v1", "v2", "v3")) {
      var _ = endedBuild(version);
    }
    eventually(() -> fixture.service.ended().size() == 2);
    eventually(() -> logFiles().size() == 2);

    fixture.clock.now = fixture.clock.now.plus(Duration.ofHours(3));
    Build last = endedBuild("v4");

    eventually(() -> logFiles().equals(List.of(last.id() + ".log")));
    assertThat(fixture.service.ended().stream().map(Build::id)).containsExactly(last.id());
  }

  @Test
  void leftoversOfAnEarlierProcessAreRemovedButNotThoseOfARunningOne() throws Exception {
    var _ = endedBuild("v1");
    assertThatThrownBy(() -> new ServiceFixture(logs))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("used by another running service");
    assertThat(logFiles()).hasSize(1);

    reopen(ServiceFixture.LIMITS);
    assertThat(logFiles()).isEmpty();
  }

  @Test
  void closingStopsAllBuildsAndTakesNoMore() throws Exception {
    reopen(new Limits(1, 100, PATIENCE, PATIENCE, PATIENCE));
    Build running = fixture.build(request(dockerfile("v1", login("ann", "a"))));
    Build joined = fixture.build(request(dockerfile("v1", login("ben", "b"))));
    Build waiting = fixture.build(request(dockerfile("v2")));
    var _ = fixture.backend.next();
    Callable<String> reading = () -> logOf(running, 0);
    Callable<String> closing =
        () -> {
          fixture.close();
          return "closed";
        };

    assertThat(Tasks.allOf(List.of(reading, closing)))
        .containsExactly(
            "the service was stopped before the build was done. Start the build again\n", "closed");

    for (Build build : List.of(running, joined, waiting)) {
      assertThat(((Failed) outcomeOf(build)).reason()).isEqualTo(FailureReason.ENGINE_LOST);
    }
    RequestFault fault =
        catchThrowableOfType(
            RequestFault.class, () -> fixture.service.build(request(dockerfile("v3"))));
    assertThat(fault.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(fixture.counters.started).hasValue(2);
    assertThat(fixture.counters.failed).hasValue(2);
  }

  @Test
  void awaitingAChangeEndsInTimeAndAtOnceWhenTheBuildIsOver() throws Exception {
    Build build = fixture.build(request(dockerfile("v1")));
    var run = fixture.backend.next();
    var seen = await(build, now -> now.event() instanceof BuildEvent.Preparing);
    assertThat(build.awaitChange(seen, Duration.ofMillis(1))).isSameAs(seen);

    run.succeed();
    var last = await(build, Build.Snapshot::isFinished);
    assertThat(build.awaitChange(last, Duration.ofDays(1_000_000))).isEqualTo(last);
    assertThat(last.version()).isGreaterThan(seen.version());
  }

  private Build endedBuild(String version) throws Exception {
    Build build = fixture.build(request(dockerfile(version)));
    ScriptedBackend.Run run = fixture.backend.next();
    run.listener().log("more than is kept in memory\n".repeat(200).getBytes(UTF_8));
    run.fail(Failed.byUser(FailureReason.STEP_FAILED, "no", ""));
    var _ = outcomeOf(build);
    return build;
  }

  private Workspace.State stateOf(BuildSource source) throws Exception {
    return fixture
        .service
        .resolveWorkspaceImage(source, RegistryAuth.NOTHING, Attempts.ONE)
        .state();
  }

  private static BuildId idOf(Optional<Build> build) {
    return build.orElseThrow().id();
  }

  private List<String> logFiles() throws IOException {
    try (var files = Files.list(logs)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(n -> n.endsWith(".log"))
          .toList();
    }
  }

  private void reopen(Limits limits) throws IOException {
    reopen(limits, HISTORY);
  }

  private void reopen(Limits limits, ServiceOptions.History history) throws IOException {
    fixture.close();
    fixture = new ServiceFixture(logs, limits, history);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException _) {
        // That is the point: this backend does not listen.
      }
    }
  }
}
