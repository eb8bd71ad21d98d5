package dev.imagebuilder.backend.wsmanager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildOrder;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildOutcome.Unproven;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.proto.wsman.StartWorkspaceRequest;
import dev.imagebuilder.testing.Eventually;
import dev.imagebuilder.testing.wsmanager.Ending;
import dev.imagebuilder.testing.wsmanager.Program;
import dev.imagebuilder.testing.wsmanager.StartFault;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What becomes of a start, however it is answered. */
final class StartsIT {
  private static final String REF = "reg.example/ws:1";

  @Test
  @Tag("row-27")
  void row27UnavailableIsTriedAgainUpToTenTimes() throws Exception {
    try (House house = new House(Program.NOTHING)) {
      house.manager().faults().nextStarts(9, new StartFault.Refuse(Status.UNAVAILABLE));

      long start = System.nanoTime();
      House.Running running = house.replica().run(House.order(REF));

      assertThat(running.outcome()).isInstanceOf(Unproven.class);
      // 1, 2, 3 … 9 times the step; nine waits of one step would be a fifth of that.
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThan(House.QUICK.retryStep().multipliedBy(45));
      assertThat(Patience.defaults().retryStep()).hasSeconds(1);
      assertThat(house.manager().faults().startRequests())
          .hasSize(10)
          .extracting(StartWorkspaceRequest::getId)
          .containsOnly(house.manager().faults().startRequests().getFirst().getId());
    }
  }

  @Test
  @Tag("row-28")
  void row28TenTimesUnavailableIsGivenUpAndNothingIsLeft() throws Exception {
    try (House house = new House(Program.FOREVER)) {
      house.manager().faults().nextStarts(100, new StartFault.Refuse(Status.UNAVAILABLE));

      Failed failed = (Failed) house.replica().run(House.order(REF)).outcome();

      assertThat(failed.reason()).isEqualTo(FailureReason.BACKEND_UNAVAILABLE);
      assertThat(failed.message()).isEqualTo("workspace services are currently unavailable");
      assertThat(house.manager().faults().startRequests()).hasSize(10);
    }
  }

  @Test
  @Tag("row-29")
  void row29ClearRefusalIsFinal() throws Exception {
    try (House house = new House(Program.FOREVER)) {
      house
          .manager()
          .faults()
          .nextStarts(
              100,
              new StartFault.Refuse(
                  Status.FAILED_PRECONDITION.withDescription("under maintenance")));

      Failed failed = (Failed) house.replica().run(House.order(REF)).outcome();

      assertThat(failed.reason()).isEqualTo(FailureReason.BACKEND_REFUSED);
      assertThat(failed.message())
          .isEqualTo(
              "cannot start build: \"rpc error: code = FailedPrecondition desc = under"
                  + " maintenance\"");
      assertThat(house.manager().faults().startRequests()).hasSize(1);
    }
  }

  @Test
  @Tag("row-30")
  void row30EveryUnclearAnswerIsLookedIntoAndTheWorkspaceAdopted() throws Exception {
    List<StartFault> unclear =
        List.of(
            new StartFault.CreateAndFail(Status.UNAVAILABLE),
            new StartFault.CreateAndFail(Status.ALREADY_EXISTS),
            new StartFault.CreateAndFail(Status.UNKNOWN),
            new StartFault.CreateAndFail(Status.INTERNAL),
            new StartFault.CreateAndFail(Status.DEADLINE_EXCEEDED),
            new StartFault.CreateAndFail(
                Status.FAILED_PRECONDITION.withDescription("cannot wait for workspace URL: x")));
    for (StartFault fault : unclear) {
      try (House house = new House(Program.NOTHING)) {
        house.manager().faults().nextStarts(1, fault);

        House.Running running = house.replica().run(House.order(REF));

        assertThat(running.outcome()).as("%s", fault).isInstanceOf(Unproven.class);
        assertThat(house.manager().faults().stopRequests()).isEmpty();
      }
    }
  }

  @Test
  @Tag("row-30")
  void answerThatNeverComesIsLookedInto() throws Exception {
    Patience patience =
        new Patience(
            Duration.ofMillis(200),
            Duration.ofMillis(20),
            Duration.ofSeconds(5),
            Duration.ofMillis(300),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofMillis(300));
    try (House house = new House(Program.NOTHING)) {
      house.manager().faults().nextStarts(1, new StartFault.CreateAndHang());
      assertThat(house.replica(patience).run(House.order(REF)).outcome())
          .isInstanceOf(Unproven.class);

      house.manager().faults().nextStarts(1, new StartFault.Hang());
      assertThat(house.replica(patience).run(House.order("reg.example/ws:2")).outcome())
          .isInstanceOf(Unproven.class);
    }
  }

  @Test
  @Tag("row-30")
  void startThatGoesThroughAfterItWasGivenUpIsStopped() throws Exception {
    try (House house = new House(Program.FOREVER)) {
      house
          .manager()
          .faults()
          .nextStarts(1, new StartFault.Refuse(Status.UNKNOWN.withDescription("no idea")));
      BuildOrder order = House.order(REF);
      House.Replica replica = house.replica();
      Failed failed = (Failed) replica.run(order).outcome();
      assertThat(failed.reason()).isEqualTo(FailureReason.BACKEND_REFUSED);

      StartWorkspaceRequest late = house.manager().faults().startRequests().getFirst();
      house.manager().startLate(late);

      Eventually.eventually(
          House.PATIENCE, () -> assertThat(house.manager().workspaces()).isEmpty());
      assertThat(house.manager().faults().stopRequests()).isNotEmpty();
      assertThat(replica.found()).isEmpty();
    }
  }

  @Test
  void burstIsPacedSoThatEveryStartIsAnsweredInTime() throws Exception {
    int builds = 150;
    try (House house = new House(Program.NOTHING)) {
      // One after the other takes 1.5 s, and nobody waits for longer than 0.7 s.
      house.manager().slow(Duration.ofMillis(10), Duration.ofMillis(700));
      House.Replica replica = house.replica();
      replica.connected();

      List<House.Running> all = new ArrayList<>();
      IntStream.range(0, builds)
          .forEach(i -> all.add(replica.run(House.order("reg.example/ws:" + i))));

      for (House.Running running : all) {
        assertThat(running.outcome()).isInstanceOf(Unproven.class);
      }
      assertThat(house.manager().faults().startRequests()).hasSize(builds);
    }
  }

  @Test
  void burstThatWsManagerGivesUpLosesNoBuild() throws Exception {
    int builds = 40;
    try (House house = new House(Program.NOTHING)) {
      house.manager().slow(Duration.ofMillis(20), Duration.ofMillis(50));
      House.Replica replica = house.replica();

      List<House.Running> all = new ArrayList<>();
      IntStream.range(0, builds)
          .forEach(i -> all.add(replica.run(House.order("reg.example/ws:" + i))));

      for (House.Running running : all) {
        assertThat(running.outcome()).isInstanceOf(Unproven.class);
      }
    }
  }

  @Test
  @Tag("row-37")
  void row37InterruptedBuildStopsItsWorkspace() throws Exception {
    try (House house = new House(Program.FOREVER)) {
      House.Running running = house.replica().run(House.order(REF));
      house.workspace().terminal().awaitReader();

      running.interrupt();

      Eventually.eventually(
          House.PATIENCE, () -> assertThat(house.manager().workspaces()).isEmpty());
    }
  }

  @Test
  void stopWhileWsManagerIsAwayIsMadeUpForWhenItIsBack() throws Exception {
    try (House house = new House(Program.FOREVER)) {
      House.Replica replica = house.replica();
      House.Running running = replica.run(House.order(REF));
      house.workspace().terminal().awaitReader();
      house.manager().goAway();

      running.interrupt();
      assertThat(house.manager().workspaces()).hasSize(1);
      house.manager().comeBack();

      Eventually.eventually(
          House.PATIENCE, () -> assertThat(house.manager().workspaces()).isEmpty());
      assertThat(replica.found()).isEmpty();
    }
  }

  @Test
  void handedOverBuildGoesOn() throws Exception {
    try (House house = new House(Program.FOREVER)) {
      House.Replica replica = house.replica();
      House.Running running = replica.run(House.order(REF));
      house.workspace().terminal().awaitReader();

      replica.backend().handOver();

      running.interrupt();
      assertThat(house.manager().faults().stopRequests()).isEmpty();
      assertThat(house.workspace().phase()).isNotNull();
      house.workspace().end(Ending.success());
    }
  }
}
