package dev.imagebuilder.backend.wsmanager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildOrder;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildOutcome.Unproven;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.FoundBuild;
import dev.imagebuilder.proto.wsman.WorkspaceMetadata;
import dev.imagebuilder.proto.wsman.WorkspacePhase;
import dev.imagebuilder.proto.wsman.WorkspaceStatus;
import dev.imagebuilder.testing.Eventually;
import dev.imagebuilder.testing.wsmanager.Ending;
import dev.imagebuilder.testing.wsmanager.Pace;
import dev.imagebuilder.testing.wsmanager.Program;
import dev.imagebuilder.testing.wsmanager.StandInWorkspace;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is heard of workspaces, and what happens when nothing is. */
final class WatchIT {
  private static final String REF = "reg.example/ws:1";
  private final CountDownLatch mayEnd = new CountDownLatch(1);

  @Test
  @Tag("row-84")
  void row84WatchIsRenewedAfterEachKindOfError() throws Exception {
    try (House house = new House(Program.FOREVER)) {
      House.Replica replica = house.replica();
      House.Running running = replica.run(House.order(REF));
      StandInWorkspace workspace = house.workspace();
      for (Status status :
          List.of(
              Status.UNKNOWN.withDescription("subscription was canceled"),
              Status.UNAVAILABLE,
              Status.INTERNAL,
              Status.CANCELLED)) {
        int before = house.manager().faults().subscriptions();
        house.manager().endSubscriptions(status);
        Eventually.eventually(
            House.PATIENCE,
            () ->
                assertThat(house.manager().faults().subscriptions())
                    .as("%s", status)
                    .isGreaterThan(before));
      }

      house.manager().faults().get(Status.UNAVAILABLE);
      house.manager().faults().subscribe(Status.UNAVAILABLE);
      int refused = house.manager().faults().subscriptions();
      house.manager().endSubscriptions(Status.UNAVAILABLE);
      Eventually.eventually(
          House.PATIENCE,
          () ->
              assertThat(house.manager().faults().subscriptions())
                  .as("refused again and again")
                  .isGreaterThan(refused + 2));
      house.manager().faults().subscribe(Status.OK);
      house.manager().faults().get(Status.OK);
      Eventually.eventually(
          House.PATIENCE, () -> assertThat(house.manager().subscribers()).isEqualTo(1));

      workspace.end(Ending.failed("told at last"));

      assertThat(running.outcome().text()).isEqualTo("told at last");
    }
  }

  @Test
  @Tag("row-84")
  void noLoopIsBusyWhileWsManagerRefusesEverything() throws Exception {
    try (House house = new House(Program.FOREVER)) {
      house.manager().faults().subscribe(Status.UNAVAILABLE);
      house.manager().faults().get(Status.UNAVAILABLE);
      House.Replica replica = house.replica();
      long start = System.nanoTime();
      Eventually.eventually(
          House.PATIENCE,
          () -> assertThat(house.manager().faults().subscriptions()).isGreaterThan(4));

      // 100 ms, then 200 ms, then 300 ms each.
      assertThat(System.nanoTime() - start).isGreaterThan(Duration.ofMillis(800).toNanos());
      assertThat(house.manager().faults().getRequests()).isLessThan(20);
      assertThat(replica.backend().trouble().orElseThrow()).contains("does not answer");
    }
  }

  @Test
  @Tag("row-84")
  void buildThatEndsWhileWsManagerIsAwayIsSettledWhenItIsBack() throws Exception {
    Program program =
        workspace -> {
          boolean _ = mayEnd.await(20, TimeUnit.SECONDS);
          return Ending.failed("ended in the dark");
        };
    try (House house = new House(program)) {
      house.manager().pace(Pace.fast().withRemovalAfter(Duration.ofSeconds(20)));
      House.Running running = house.replica().run(House.order(REF));
      StandInWorkspace workspace = house.workspace();
      workspace.terminal().awaitReader();

      house.manager().goAway();
      mayEnd.countDown();
      Eventually.eventually(
          House.PATIENCE, () -> assertThat(workspace.phase()).isEqualTo(WorkspacePhase.STOPPED));
      assertThat(running.task().isDone()).isFalse();
      house.manager().comeBack();

      assertThat(running.outcome().text()).isEqualTo("ended in the dark");
    }
  }

  @Test
  @Tag("row-38")
  void row38WorkspaceThatVanishesIsForTheRegistryToSettle() throws Exception {
    try (House house = new House(Program.FOREVER)) {
      House.Running running = house.replica().run(House.order(REF));
      StandInWorkspace workspace = house.workspace();
      workspace.terminal().awaitReader();

      house.manager().forget(workspace);

      Unproven unproven = (Unproven) running.outcome();
      assertThat(((Failed) unproven.otherwise()).reason()).isEqualTo(FailureReason.WORKSPACE_LOST);
      workspace.end(Ending.removed());
    }
  }

  @Test
  @Tag("row-39")
  void row39EndThatIsToldBeforeTheStartIsAnsweredIsNotLost() throws Exception {
    try (House house = new House(Program.NOTHING)) {
      // The answer comes with the url, when the workspace has long ended.
      house.manager().pace(Pace.fast().withUrlAfter(Duration.ZERO));
      for (int i = 0; i < 20; i++) {
        assertThat(house.replica().run(House.order("reg.example/ws:" + i)).outcome())
            .isInstanceOf(Unproven.class);
      }
    }
  }

  @Test
  void updatesWithGapsAreEnough() throws Exception {
    try (House house = new House(Program.NOTHING)) {
      house.manager().pace(Pace.fast().telling(WorkspacePhase.PENDING, WorkspacePhase.STOPPED));

      assertThat(house.replica().run(House.order(REF)).outcome()).isInstanceOf(Unproven.class);
    }
  }

  @Test
  void timeoutOfWsManagerIsSaid() throws Exception {
    try (House house = new House(Program.FOREVER)) {
      House.Running running = house.replica().run(House.order(REF));

      house.workspace().end(Ending.timedOut("workspace timed out after 1h0m0s"));

      assertThat(((Unproven) running.outcome()).otherwise().text())
          .contains("workspace timed out after 1h0m0s");
    }
  }

  @Test
  @Tag("row-83")
  @Tag("row-87")
  void row83And87OtherBuildsAreFoundAndFollowedButOtherWorkspacesAreNot() throws Exception {
    Program program =
        workspace -> {
          workspace.terminal().awaitReader();
          workspace.terminal().print("seen by both\n");
          boolean _ = mayEnd.await(20, TimeUnit.SECONDS);
          return Ending.success();
        };
    try (House house = new House(program)) {
      House.Replica one = house.replica();
      House.Running own = one.run(House.order(REF));
      StandInWorkspace workspace = house.workspace();
      House.Replica other = house.replica();
      Eventually.eventually(House.PATIENCE, () -> assertThat(other.found()).hasSize(1));
      house
          .manager()
          .startLate(
              workspace.request().toBuilder()
                  .setId(BuildId.random().toString())
                  .setMetadata(WorkspaceMetadata.newBuilder().putAnnotations("ref", "x"))
                  .build());

      FoundBuild found = other.found().getFirst();
      House.Running followed = other.follow(found);
      Eventually.eventually(
          House.PATIENCE,
          () -> assertThat(followed.recorder().printed()).isEqualTo("seen by both\n"));
      mayEnd.countDown();

      assertThat(found.id().toString()).isEqualTo(workspace.id());
      assertThat(found.workspaceRef()).isEqualTo(REF);
      assertThat(found.owner()).isEqualTo("eve");
      assertThat(own.outcome()).isInstanceOf(Unproven.class);
      assertThat(followed.outcome()).isInstanceOf(Unproven.class);
      assertThat(one.found()).isEmpty();
      assertThat(other.found()).hasSize(1);
    }
  }

  @Test
  void ofTwoBuildsOfOneImageTheYoungerGivesWay() throws Exception {
    try (House house = new House(Program.FOREVER)) {
      House.Replica one = house.replica();
      House.Replica other = house.replica();
      BuildOrder first = House.order(REF);
      BuildOrder second = House.order(REF);
      // Neither sees the other before both have started.
      house.manager().pace(Pace.fast().telling(WorkspacePhase.RUNNING));
      House.Running a = one.run(first);
      House.Running b = other.run(second);
      Eventually.eventually(
          House.PATIENCE,
          () -> {
            List<String> all = new ArrayList<>(one.superseded());
            all.addAll(other.superseded());
            assertThat(all.stream().distinct()).hasSize(1);
          });

      assertThat(a.thread().isAlive() || b.thread().isAlive()).isTrue();
    }
  }

  @Test
  void forcedBuildGivesNoWay() throws Exception {
    try (House house = new House(Program.FOREVER)) {
      House.Replica one = house.replica();
      House.Replica other = house.replica();
      var _ = one.run(House.order(REF));
      house.workspace();
      var _ = other.run(House.order(REF, Force.ALWAYS));
      Eventually.eventually(
          House.PATIENCE, () -> assertThat(house.manager().workspaces()).hasSize(2));
      Eventually.eventually(House.PATIENCE, () -> assertThat(one.found()).hasSize(1));

      assertThat(other.superseded()).isEmpty();
    }
  }

  @Test
  @Tag("row-88")
  void row88StatusesWithoutAnythingInThemHarmNobody() throws Exception {
    try (House house = new House(Program.FOREVER)) {
      House.Replica replica = house.replica();
      House.Running running = replica.run(House.order(REF));
      StandInWorkspace workspace = house.workspace();
      workspace.terminal().awaitReader();
      var annotated =
          WorkspaceMetadata.newBuilder().putAnnotations("managed-by", "image-builder").build();

      house.manager().tell(WorkspaceStatus.newBuilder().setMetadata(annotated).build());
      house
          .manager()
          .tell(WorkspaceStatus.newBuilder().setId("not-a-uuid").setMetadata(annotated).build());
      house
          .manager()
          .tell(
              WorkspaceStatus.newBuilder()
                  .setId(BuildId.random().toString())
                  .setMetadata(annotated)
                  .build());
      house
          .manager()
          .tell(
              WorkspaceStatus.newBuilder()
                  .setId(workspace.id())
                  .setMetadata(annotated)
                  .setPhaseValue(77)
                  .build());
      workspace.end(Ending.failed("the end"));

      assertThat(running.outcome().text()).isEqualTo("the end");
    }
  }

  @Test
  void floodOf10000UpdatesIsKeptUpWithAndTheSubscriptionHolds() throws Exception {
    try (House house = new House(Program.FOREVER)) {
      House.Replica replica = house.replica();
      List<House.Running> all = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        all.add(replica.run(House.order("reg.example/ws:" + i)));
      }
      Eventually.eventually(
          House.PATIENCE, () -> assertThat(house.manager().workspaces()).hasSize(50));
      Eventually.eventually(
          House.PATIENCE,
          () ->
              assertThat(house.manager().workspaces())
                  .allMatch(each -> each.phase() == WorkspacePhase.RUNNING));
      int subscriptions = house.manager().faults().subscriptions();

      house.manager().flood(10_000);
      house.manager().workspaces().forEach(each -> each.end(Ending.failed("after the flood")));

      for (House.Running running : all) {
        assertThat(running.outcome().text()).isEqualTo("after the flood");
      }
      assertThat(house.manager().faults().subscriptions()).isEqualTo(subscriptions);
    }
  }

  @Test
  void garbageInsteadOfWsManagerIsTroubleAndNothingMore() throws Exception {
    try (House house = new House(Program.NOTHING);
        Garbage garbage = Garbage.start()) {
      Patience patience =
          new Patience(
              Duration.ofMillis(200),
              Duration.ofMillis(20),
              Duration.ofMillis(200),
              Duration.ofMillis(300),
              Duration.ofSeconds(2),
              Duration.ofSeconds(1),
              Duration.ofMillis(300));
      House.Replica replica = house.replicaOf(garbage.address(), patience);

      BuildOutcome outcome = replica.run(House.order(REF)).outcome();

      assertThat(((Failed) outcome).reason())
          .isIn(FailureReason.BACKEND_UNAVAILABLE, FailureReason.BACKEND_REFUSED);
      assertThat(replica.backend().trouble()).isPresent();
    }
  }
}
