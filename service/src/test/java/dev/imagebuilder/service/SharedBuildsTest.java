package dev.imagebuilder.service;

import static dev.imagebuilder.service.ServiceFixture.dockerfile;
import static dev.imagebuilder.service.ServiceFixture.eventually;
import static dev.imagebuilder.service.ServiceFixture.login;
import static dev.imagebuilder.service.ServiceFixture.outcomeOf;
import static dev.imagebuilder.service.ServiceFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Canceled;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildOutcome.Succeeded;
import dev.imagebuilder.core.BuildOutcome.TimedOut;
import dev.imagebuilder.core.BuildOutcome.Unproven;
import dev.imagebuilder.core.BuildRequest;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.CredentialSource;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.FoundBuild;
import dev.imagebuilder.core.LogLocation;
import dev.imagebuilder.core.RegistryAuth;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.service.Builds.Ticket;
import dev.imagebuilder.service.ServiceFixture.Clock;
import dev.imagebuilder.service.ServiceFixture.CountingCounters;
import dev.imagebuilder.service.ServiceOptions.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds that other processes have started, beside our own. */
final class SharedBuildsTest {
  private static final Failed LOST =
      Failed.bySystem(FailureReason.WORKSPACE_LOST, "it is gone", "");
  private static final Failed DENIED =
      Failed.byUser(FailureReason.REGISTRY_DENIED, "not with these credentials", "");

  @TempDir private Path logs;
  private final FakeImages images = new FakeImages();
  private FakeSharedBackend backend = new FakeSharedBackend();
  private final CountingCounters counters = new CountingCounters();
  private final Clock clock = new Clock();
  private BuildService service;

  @BeforeEach
  void open() throws IOException {
    service = service(ServiceFixture.PATIENCE);
  }

  @AfterEach
  void close() {
    service.close();
  }

  @Test
  @Tag("row-40")
  @Tag("row-50")
  void row40And50FoundBuildIsListedJoinedAndCountedByNobody() throws Exception {
    FoundBuild found = found(BuildId.random(), dockerfileRef());
    backend.sightings().found(found);
    backend.sightings().found(found);

    Build joined = build(request(dockerfile("v1")));

    assertThat(service.running()).extracting(Build::id).containsExactly(found.id());
    assertThat(joined.id()).isEqualTo(found.id());
    assertThat(joined.snapshot().owner()).isEqualTo("bob");
    assertThat(joined.snapshot().startedAt()).isEqualTo(clock.now);
    images.with(found.workspaceRef());
    end(found.id(), new Unproven(LOST));
    assertThat(outcomeOf(joined)).isInstanceOf(Succeeded.class);
    assertThat(service.running()).isEmpty();
    assertThat(service.find(found.id())).isPresent();
    assertThat(counters.started).hasValue(0);
    assertThat(counters.succeeded).hasValue(0);
  }

  @Test
  @Tag("row-38")
  void row38UnprovenEndIsSettledByTheRegistry() throws Exception {
    Build there = build(request(dockerfile("v1")));
    Build absent = build(request(dockerfile("v2")));
    images.with(there.snapshot().ref());

    end(there.id(), new Unproven(LOST));
    end(absent.id(), new Unproven(LOST));

    assertThat(outcomeOf(there)).isInstanceOf(Succeeded.class);
    assertThat(outcomeOf(absent)).isEqualTo(LOST);
  }

  @Test
  void forcedRequestWaitsForAFoundBuildAndThenBuilds() throws Exception {
    FoundBuild found = found(BuildId.random(), dockerfileRef());
    backend.sightings().found(found);

    Build forced = build(request(dockerfile("v1"), RegistryAuth.NOTHING, Force.ALWAYS));

    assertThat(forced.id()).isNotEqualTo(found.id());
    assertThat(backend.isRunning(forced.id())).isFalse();
    end(found.id(), LOST);
    eventually(() -> backend.isRunning(forced.id()));
  }

  @Test
  void callersOfTheYoungerBuildGoOnWithTheOlder() throws Exception {
    Build own = build(request(dockerfile("v1")));
    Build joined = build(request(dockerfile("v1", login("eve", "evespw"))));
    BuildId ownId = own.snapshot().id();
    eventually(() -> backend.isRunning(ownId));
    FoundBuild older = found(BuildId.random(), dockerfileRef());

    backend.sightings().superseded(ownId, older);

    eventually(() -> backend.stopped().contains(ownId));
    assertThat(own.snapshot().id()).isEqualTo(older.id());
    assertThat(joined.snapshot().id()).isEqualTo(older.id());
    assertThat(service.running())
        .extracting(each -> each.snapshot().id())
        .containsExactly(older.id());
    images.with(older.workspaceRef());
    end(older.id(), new Unproven(LOST));
    assertThat(outcomeOf(own)).isInstanceOf(Succeeded.class);
    assertThat(outcomeOf(joined)).isInstanceOf(Succeeded.class);
    eventually(() -> counters.succeeded.get() + counters.failed.get() == 1);
    assertThat(counters.started).hasValue(1);
    assertThat(counters.succeeded).hasValue(1);
  }

  @Test
  void olderBuildThatFailsByItsCredentialsIsFollowedByOneWithOurs() throws Exception {
    Build own = build(request(dockerfile("v1", login("eve", "evespw"))));
    BuildId first = own.snapshot().id();
    eventually(() -> backend.isRunning(first));
    FoundBuild older = found(BuildId.random(), dockerfileRef());
    backend.sightings().superseded(first, older);

    end(older.id(), DENIED);

    eventually(
        () -> !own.snapshot().id().equals(older.id()) && backend.isRunning(own.snapshot().id()));
    assertThat(own.snapshot().id()).isNotEqualTo(first);
    backend.end(own.snapshot().id(), LOST);
    assertThat(outcomeOf(own)).isEqualTo(LOST);
    assertThat(counters.started).hasValue(2);
    eventually(() -> counters.failed.get() == 2);
  }

  @Test
  void secondFoundBuildOfAnImageTakesOverWhenTheFirstHasEnded() throws Exception {
    FoundBuild one = found(BuildId.random(), dockerfileRef());
    FoundBuild two = found(BuildId.random(), dockerfileRef());
    backend.sightings().found(one);
    backend.sightings().found(two);
    assertThat(build(request(dockerfile("v1"))).id()).isEqualTo(one.id());

    end(one.id(), LOST);
    eventually(() -> service.running().size() == 1);

    assertThat(build(request(dockerfile("v1"))).id()).isEqualTo(two.id());
  }

  @Test
  @Tag("row-87")
  void row87StoppedServiceLeavesBuildsToOthers() throws Exception {
    Build own = build(request(dockerfile("v1")));
    FoundBuild found = found(BuildId.random(), "reg.example/workspace:other");
    backend.sightings().found(found);
    eventually(() -> backend.isRunning(own.id()) && backend.isRunning(found.id()));

    service.close();

    assertThat(backend.left()).containsExactlyInAnyOrder(own.id(), found.id());
    assertThat(backend.stopped()).isEmpty();
  }

  @Test
  void cancelledFoundBuildIsStopped() throws Exception {
    FoundBuild found = found(BuildId.random(), dockerfileRef());
    backend.sightings().found(found);
    Build build = build(request(dockerfile("v1")));
    eventually(() -> backend.isRunning(found.id()));

    build.cancel("eve");

    assertThat(outcomeOf(build)).isEqualTo(new Canceled("eve"));
    assertThat(backend.stopped()).containsExactly(found.id());
  }

  @Test
  @Tag("row-37")
  void row37OwnBuildIsStoppedAtItsDeadlineAndAFoundOneByItsAge() throws Exception {
    service.close();
    backend = new FakeSharedBackend();
    service = service(Duration.ofMillis(100));
    Build own = build(request(dockerfile("v1")));
    FoundBuild found = found(BuildId.random(), "reg.example/workspace:other");
    backend.sightings().found(found);

    assertThat(outcomeOf(own)).isInstanceOf(TimedOut.class);
    assertThat(backend.stopped()).containsExactly(own.id());
    assertThat(service.find(found.id()).orElseThrow().snapshot().isFinished()).isFalse();
  }

  @Test
  void foundBuildOfWhatIsNoImageIsPassedOver() {
    backend.sightings().found(found(BuildId.random(), ""));
    backend.sightings().found(found(BuildId.random(), "NOT/an image"));

    assertThat(service.running()).isEmpty();
  }

  @Test
  @Tag("row-31")
  void row31WhereTheLogIsIsToldToThoseWhoWatch() throws Exception {
    Build own = build(request(dockerfile("v1")));
    eventually(() -> backend.isRunning(own.id()));
    LogLocation at = new LogLocation("https://w.example", Secret.of("t"));

    backend.listener(own.id()).logAt(at);

    assertThat(ServiceFixture.await(own, snapshot -> snapshot.log() != null).log()).isEqualTo(at);
    backend.end(own.id(), LOST);
    outcomeOf(own);
    assertThat(own.snapshot().log()).isEqualTo(at);
  }

  private void end(BuildId id, BuildOutcome outcome) throws Exception {
    eventually(() -> backend.isRunning(id));
    backend.end(id, outcome);
  }

  private Build build(BuildRequest request) throws RequestFault, InterruptedException {
    return ((Ticket.Building) service.build(request)).build();
  }

  private String dockerfileRef() throws RequestFault, InterruptedException {
    return service
        .resolveWorkspaceImage(dockerfile("v1"), RegistryAuth.NOTHING, Attempts.ONE)
        .ref();
  }

  private FoundBuild found(BuildId id, String ref) {
    return new FoundBuild(id, "bob", "reg.example/base:1", ref, clock.now);
  }

  private BuildService service(Duration buildLimit) throws IOException {
    Limits limits =
        new Limits(100, 100, buildLimit, ServiceFixture.PATIENCE, Duration.ofSeconds(5));
    return BuildService.open(
        new ServiceParts(images, CredentialSource.NONE, backend, counters, clock),
        new ServiceOptions(
            ServiceFixture.BASES, ServiceFixture.WORKSPACES, limits, ServiceFixture.HISTORY, logs));
  }
}
