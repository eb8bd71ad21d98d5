package dev.imagebuilder.service;

import static dev.imagebuilder.service.ServiceFixture.PATIENCE;
import static dev.imagebuilder.service.ServiceFixture.await;
import static dev.imagebuilder.service.ServiceFixture.dockerfile;
import static dev.imagebuilder.service.ServiceFixture.eventually;
import static dev.imagebuilder.service.ServiceFixture.logOf;
import static dev.imagebuilder.service.ServiceFixture.login;
import static dev.imagebuilder.service.ServiceFixture.outcomeOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Canceled;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildOutcome.Succeeded;
import dev.imagebuilder.core.BuildRequest;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.RegistryAuth;
import dev.imagebuilder.core.work.Tasks;
import dev.imagebuilder.service.Build.Snapshot;
import dev.imagebuilder.service.Builds.Ticket;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SingleFlightTest {
  private static final Failed DENIED =
      Failed.byUser(FailureReason.SOURCE_DENIED, "fetch: 401", "Log in");
  private static final RegistryAuth ALL = new RegistryAuth(new RegistryAuth.Mode.All(), Map.of());

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
  @Tag("row-40")
  void aHundredEqualRequestsAreOneBuild() throws Exception {
    CountDownLatch all = new CountDownLatch(100);
    Callable<Build> asking =
        () -> {
          all.countDown();
          all.await();
          return fixture.build(request(dockerfile("v1")));
        };

    Set<Build> builds = Set.copyOf(Tasks.allOf(Collections.nCopies(100, asking)));
    fixture.backend.next().succeed();

    assertThat(builds).hasSize(1);
    assertThat(outcomeOf(builds.iterator().next())).isInstanceOf(Succeeded.class);
    assertThat(fixture.backend.orders()).hasSize(1);
    assertThat(fixture.counters.started).hasValue(1);
    assertThat(fixture.counters.succeeded).hasValue(1);
  }

  @Test
  void otherSourcesAreOtherBuilds() throws Exception {
    Build one = fixture.build(request(dockerfile("v1")));
    Build two = fixture.build(request(dockerfile("v2")));

    assertThat(one.id()).isNotEqualTo(two.id());
    fixture.backend.next().succeed();
    fixture.backend.next().succeed();
  }

  @Test
  @Tag("row-36")
  void whoLeavesDoesNotStopTheBuildOfTheOthers() throws Exception {
    Build build = fixture.build(request(dockerfile("v1")));
    var run = fixture.backend.next();
    CountDownLatch waiting = new CountDownLatch(1);
    Thread leaver =
        Thread.ofVirtual()
            .start(() -> {
              try {
                waiting.countDown();
                var _ = build.awaitChange(build.snapshot(), PATIENCE);
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
    waiting.await();
    leaver.interrupt();
    assertThat(leaver.join(PATIENCE)).isTrue();

    run.succeed();

    assertThat(outcomeOf(build)).isInstanceOf(Succeeded.class);
  }

  @Test
  void forcedWaitsForAnUnforcedOneAndThenBuildsWithoutCache() throws Exception {
    Build unforced = fixture.build(request(dockerfile("v1")));
    var first = fixture.backend.next();
    Build forced = fixture.build(forced("v1"));
    Build forcedToo = fixture.build(forced("v1"));
    assertThat(forced.id()).isEqualTo(forcedToo.id()).isNotEqualTo(unforced.id());
    assertThat(fixture.backend.isIdle()).isTrue();
    assertThat(fixture.service.running()).hasSize(2);

    first.succeed();
    var second = fixture.backend.next();

    assertThat(first.order().force()).isEqualTo(Force.IF_MISSING);
    assertThat(second.order().force()).isEqualTo(Force.ALWAYS);
    assertThat(second.order().id()).isEqualTo(forced.id());
    assertThat(outcomeOf(unforced)).isInstanceOf(Succeeded.class);
    assertThat(forced.snapshot().isFinished()).isFalse();

    second.succeed();
    assertThat(outcomeOf(forced)).isInstanceOf(Succeeded.class);
    assertThat(logOf(forced, 0)).startsWith("Waits for build " + unforced.id());
    assertThat(fixture.service.running()).isEmpty();
  }

  @Test
  void everybodyJoinsAForcedBuildThatRuns() throws Exception {
    Build forced = fixture.build(forced("v1"));
    Build forcedToo = fixture.build(forced("v1"));
    Build unforced = fixture.build(request(dockerfile("v1")));

    assertThat(List.of(forcedToo.id(), unforced.id())).containsOnly(forced.id());
    fixture.backend.next().succeed();
    assertThat(outcomeOf(unforced)).isInstanceOf(Succeeded.class);
    assertThat(fixture.backend.orders()).hasSize(1);
  }

  @Test
  void aForcedBuildThatWaitsCanBeCanceledAndMadeAgain() throws Exception {
    Build unforced = fixture.build(request(dockerfile("v1")));
    var first = fixture.backend.next();
    Build forced = fixture.build(forced("v1"));

    forced.cancel("ann");
    assertThat(outcomeOf(forced)).isEqualTo(new Canceled("ann"));
    Build again = fixture.build(forced("v1"));
    first.succeed();
    var second = fixture.backend.next();
    second.succeed();

    assertThat(outcomeOf(unforced)).isInstanceOf(Succeeded.class);
    assertThat(outcomeOf(again)).isInstanceOf(Succeeded.class);
    assertThat(second.order().id()).isEqualTo(again.id());
  }

  @Test
  void aFailureByCredentialsIsNotSharedWithOtherCredentials() throws Exception {
    Build ann = fixture.build(request(dockerfile("v1", login("ann", "wrong"))));
    Build annToo = fixture.build(request(dockerfile("v1", login("ann", "wrong"))));
    Build ben = fixture.build(request(dockerfile("v1", login("ben", "right"))));
    Build benToo = fixture.build(request(dockerfile("v1", login("ben", "right"))));
    Build eve = fixture.build(request(dockerfile("v1"), ALL));
    assertThat(ben.id()).isEqualTo(ann.id());

    fixture.backend.next().fail(DENIED);
    var second = fixture.backend.next();

    assertThat(outcomeOf(ann)).isEqualTo(DENIED);
    assertThat(outcomeOf(annToo)).isEqualTo(DENIED);
    assertThat(((BuildSource.Dockerfile) second.order().source()).git().login())
        .isEqualTo(login("ben", "right"));
    assertThat(List.of(ben.id(), benToo.id(), eve.id())).containsOnly(second.order().id());
    assertThat(ben.snapshot().isFinished()).isFalse();

    second.succeed();
    assertThat(outcomeOf(ben)).isInstanceOf(Succeeded.class);
    assertThat(outcomeOf(benToo)).isInstanceOf(Succeeded.class);
    assertThat(outcomeOf(eve)).isInstanceOf(Succeeded.class);
    assertThat(fixture.backend.orders()).hasSize(2);
  }

  @Test
  void aWaiterNeverSeesTheFailureItIsTakenPast() throws Exception {
    for (int round = 0; round < 200; round++) {
      String version = "v" + round;
      var _ = fixture.build(request(dockerfile(version, login("ann", "wrong"))));
      Build ben = fixture.build(request(dockerfile(version, login("ben", "right"))));
      Callable<BuildOutcome> watching = () -> outcomeOf(ben);
      Callable<BuildOutcome> building =
          () -> {
            fixture.backend.next().fail(DENIED);
            fixture.backend.next().succeed();
            return DENIED;
          };

      assertThat(Tasks.allOf(List.of(watching, watching, building)))
          .first()
          .isInstanceOf(Succeeded.class);
    }
  }

  @Test
  void whenAllCredentialsFailEverybodyGetsTheirOwnFailure() throws Exception {
    Build ann = fixture.build(request(dockerfile("v1", login("ann", "wrong"))));
    Build ben = fixture.build(request(dockerfile("v1", login("ben", "wrong too"))));
    Failed bens = Failed.byUser(FailureReason.REGISTRY_DENIED, "pull: 403", "");

    fixture.backend.next().fail(DENIED);
    fixture.backend.next().fail(bens);

    assertThat(outcomeOf(ann)).isEqualTo(DENIED);
    assertThat(outcomeOf(ben)).isEqualTo(bens);
    assertThat(fixture.service.running()).isEmpty();
    assertThat(fixture.service.ended()).hasSize(2);
    assertThat(fixture.counters.started).hasValue(2);
    assertThat(fixture.counters.failed).hasValue(2);
  }

  @Test
  void otherFailuresAreShared() throws Exception {
    Build ann = fixture.build(request(dockerfile("v1", login("ann", "a"))));
    Build ben = fixture.build(request(dockerfile("v1", login("ben", "b"))));
    Failed failed = Failed.byUser(FailureReason.STEP_FAILED, "RUN make: exit code 2", "");

    fixture.backend.next().fail(failed);

    assertThat(outcomeOf(ann)).isEqualTo(failed);
    assertThat(outcomeOf(ben)).isEqualTo(failed);
    assertThat(fixture.backend.orders()).hasSize(1);
  }

  @Test
  void theNextCredentialsAreTriedBeforeAForcedBuildThatWaits() throws Exception {
    Build ann = fixture.build(request(dockerfile("v1", login("ann", "wrong"))));
    Build ben = fixture.build(request(dockerfile("v1", login("ben", "right"))));
    var first = fixture.backend.next();
    Build forced = fixture.build(forced("v1"));

    first.fail(DENIED);
    var second = fixture.backend.next();
    assertThat(second.order().force()).isEqualTo(Force.IF_MISSING);
    assertThat(fixture.backend.isIdle()).isTrue();
    second.succeed();
    var third = fixture.backend.next();
    third.succeed();

    assertThat(outcomeOf(ann)).isEqualTo(DENIED);
    assertThat(outcomeOf(ben)).isInstanceOf(Succeeded.class);
    assertThat(outcomeOf(forced)).isInstanceOf(Succeeded.class);
    assertThat(third.order().force()).isEqualTo(Force.ALWAYS);
  }

  @Test
  void aFailedBuildIsTriedAgainByTheNextRequest() throws Exception {
    Build first = fixture.build(request(dockerfile("v1")));
    fixture.backend.next().fail(Failed.byUser(FailureReason.STEP_FAILED, "no", ""));
    var _ = outcomeOf(first);

    Build second = fixture.build(request(dockerfile("v1")));
    fixture.backend.next().succeed();

    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(outcomeOf(second)).isInstanceOf(Succeeded.class);
    assertThat(fixture.service.build(request(dockerfile("v1")))).isInstanceOf(Ticket.Present.class);
  }

  @Test
  void whoFoundNoImageJustBeforeABuildEndedBuildsNoSecond() throws Exception {
    Build first = fixture.build(request(dockerfile("v1")));
    var run = fixture.backend.next();
    CountDownLatch open = new CountDownLatch(1);
    int before = fixture.images.questions().size();
    fixture.images.holdingNextAnswer(open);
    Callable<Ticket> late = () -> fixture.service.build(request(dockerfile("v1")));
    Callable<Ticket> meanwhile =
        () -> {
          eventually(() -> fixture.images.questions().size() > before);
          run.succeed();
          var last = await(first, Snapshot::isFinished);
          open.countDown();
          return new Ticket.Present(last.ref(), last.baseRef());
        };

    List<Ticket> tickets = Tasks.allOf(List.of(late, meanwhile));

    assertThat(tickets.getFirst()).isEqualTo(tickets.getLast());
    assertThat(fixture.backend.orders()).hasSize(1);
  }

  private static BuildRequest forced(String version) {
    return ServiceFixture.request(dockerfile(version), RegistryAuth.NOTHING, Force.ALWAYS);
  }

  private static BuildRequest request(BuildSource source) {
    return ServiceFixture.request(source);
  }

  private static BuildRequest request(BuildSource source, RegistryAuth auth) {
    return new BuildRequest(source, auth, Force.IF_MISSING, "eve", "", "", Attempts.ONE);
  }
}
