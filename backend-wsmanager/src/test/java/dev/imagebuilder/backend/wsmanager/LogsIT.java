package dev.imagebuilder.backend.wsmanager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildOutcome.Unproven;
import dev.imagebuilder.testing.Eventually;
import dev.imagebuilder.testing.wsmanager.Ending;
import dev.imagebuilder.testing.wsmanager.Pace;
import dev.imagebuilder.testing.wsmanager.Program;
import dev.imagebuilder.testing.wsmanager.StandInWorkspace;
import dev.imagebuilder.testing.wsmanager.SupervisorFault;
import dev.imagebuilder.testing.wsmanager.Terminal;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The output of builds, through supervisors that do what they should, and others. */
final class LogsIT {
  private static final String REF = "reg.example/ws:1";
  private final CountDownLatch mayEnd = new CountDownLatch(1);

  @Test
  @Tag("row-89")
  void row89TokenIsSentAndTheTaskIsAwaited() throws Exception {
    try (House house = new House(printing("hello\n"))) {
      house.manager().faults().supervisor(2, new SupervisorFault.NeverReady());

      House.Running running = house.replica().run(House.order(REF));

      assertPrinted(running, "hello\n");
      assertThat(running.recorder().text())
          .isEqualTo("Connecting to log output ...\nConnected to log output ...\nhello\n");
    }
  }

  @Test
  @Tag("row-90")
  void row90FaultsBeforeSupervisorIsReadyAreTriedAgain() throws Exception {
    for (SupervisorFault fault :
        new SupervisorFault[] {
          new SupervisorFault.Answer(404), new SupervisorFault.Answer(429),
          new SupervisorFault.Answer(500), new SupervisorFault.Answer(502),
          new SupervisorFault.Answer(503), new SupervisorFault.HangUp()
        }) {
      try (House house = new House(printing("hello\n"))) {
        house.manager().faults().supervisor(3, fault);

        assertPrinted(house.replica().run(House.order(REF)), "hello\n");
      }
    }
  }

  @Test
  @Tag("row-92")
  void row92FailureIsSaidOnceAndTriedOn() throws Exception {
    try (House house = new House(printing("after all\n"))) {
      house.manager().faults().supervisor(1000, new SupervisorFault.Answer(404));
      House.Running running = house.replica().run(House.order(REF));
      Eventually.eventually(
          Duration.ofSeconds(40),
          () -> assertThat(running.recorder().text()).contains("Build log listener failed"));

      house.manager().faults().healSupervisor();
      Eventually.eventually(
          House.PATIENCE, () -> assertThat(running.recorder().text()).contains("after all\n"));
      mayEnd.countDown();

      assertThat(running.outcome()).isInstanceOf(Unproven.class);
      assertThat(running.recorder().text().split("Build log listener failed", -1)).hasSize(2);
      assertThat(running.recorder().text())
          .contains(
              "Build log listener failed. The image build is still running, but you won't see any"
                  + " log output.");
    }
  }

  @Test
  @Tag("row-44")
  void row44UrlThatComesLateIsWaitedFor() throws Exception {
    try (House house = new House(printing("late\n"))) {
      house.manager().pace(Pace.fast().withUrlAfter(Duration.ofMillis(500)));

      assertPrinted(house.replica().run(House.order(REF)), "late\n");
    }
  }

  @Test
  @Tag("row-44")
  void row44RejectedPodDoesNotEndTheLog() throws Exception {
    try (House house = new House(printing("one\n"))) {
      House.Running running = house.replica().run(House.order(REF));
      awaitPrinted(running, "one\n");
      StandInWorkspace workspace = house.workspace();

      workspace.rejectPod();
      workspace.readmitPod();
      workspace.terminal().print("two\n");

      awaitPrinted(running, "one\ntwo\n");
      mayEnd.countDown();
      assertThat(running.outcome()).isInstanceOf(Unproven.class);
    }
  }

  @Test
  void connectionThatDropsInTheReplayCostsNoByteAndGivesNoneTwice() throws Exception {
    String text = lines(6_000);
    try (House house = new House(printing(text))) {
      house.manager().faults().supervisor(6, new SupervisorFault.Drop(50_000));

      assertPrinted(house.replica().run(House.order(REF)), text);
    }
  }

  @Test
  void connectionThatDropsAgainAndAgainCostsNoByteAndGivesNoneTwice() throws Exception {
    String text = lines(20_000);
    int part = text.length() / 12;
    try (House house = new House(printing(""))) {
      House.Running running = house.replica().run(House.order(REF));
      StandInWorkspace workspace = house.workspace();
      for (int from = 0; from < text.length(); from += part) {
        workspace.terminal().awaitReader();
        workspace.terminal().print(text.substring(from, Math.min(text.length(), from + part)));
        long some = Math.min(from + 1000, text.length());
        Eventually.eventually(House.PATIENCE, () -> running.recorder().bytes() > some);
        house.manager().dropTerminals();
      }

      assertPrinted(running, text);
    }
  }

  @Test
  void outputThatWasMissedIsSaid() throws Exception {
    try (House house = new House(printing("begin\n"))) {
      House.Running running = house.replica().run(House.order(REF));
      awaitPrinted(running, "begin\n");
      StandInWorkspace workspace = house.workspace();
      String missed = lines(12_000);

      house.manager().faults().supervisor(1000, new SupervisorFault.Answer(503));
      house.manager().dropTerminals();
      Eventually.eventually(
          House.PATIENCE, () -> assertThat(workspace.terminal().readers()).isZero());
      workspace.terminal().print(missed);
      house.manager().faults().healSupervisor();
      Eventually.eventually(
          House.PATIENCE, () -> assertThat(running.recorder().printed()).endsWith("11999\r\n"));
      mayEnd.countDown();

      assertThat(running.outcome()).isInstanceOf(Unproven.class);
      String kept = missed.substring(missed.length() - Terminal.REPLAY);
      assertThat(running.recorder().printed())
          .startsWith("begin\n[some output is missing here")
          .endsWith("]\n" + kept);
    }
  }

  @Test
  void supervisorThatIsNeverReadyHarmsNotTheBuild() throws Exception {
    Program program =
        _ -> {
          boolean _ = mayEnd.await(1, TimeUnit.SECONDS);
          return Ending.success();
        };
    for (SupervisorFault fault :
        new SupervisorFault[] {
          new SupervisorFault.NeverReady(), new SupervisorFault.NoTasks(),
          new SupervisorFault.Hang(), new SupervisorFault.Garbage()
        }) {
      try (House house = new House(program)) {
        house.manager().faults().supervisor(1000, fault);

        assertThat(house.replica().run(House.order(REF)).outcome())
            .as("%s", fault)
            .isInstanceOf(Unproven.class);
      }
    }
  }

  @Test
  void elementOf100MegabytesArrivesWhole() throws Exception {
    int megabytes = 100;
    byte[] block = new byte[1 << 20];
    Program program =
        workspace -> {
          workspace.terminal().awaitReader();
          for (int i = 0; i < megabytes; i++) {
            workspace.terminal().print(block, block.length);
          }
          return Ending.success();
        };
    try (House house = new House(program)) {
      house.manager().chunk(100 << 20);

      House.Running running = house.replica().runCounting(House.order(REF));

      assertThat(running.outcome()).isInstanceOf(Unproven.class);
      assertThat(running.recorder().bytes()).isGreaterThanOrEqualTo((long) megabytes << 20);
    }
  }

  private void assertPrinted(House.Running running, String text) throws Exception {
    awaitPrinted(running, text);
    mayEnd.countDown();

    assertThat(running.outcome()).isInstanceOf(Unproven.class);
    assertThat(running.recorder().printed()).isEqualTo(text);
  }

  private static void awaitPrinted(House.Running running, String text) {
    Eventually.eventually(
        House.PATIENCE,
        () -> assertThat(running.recorder().printed().length()).isEqualTo(text.length()));
    assertThat(running.recorder().printed()).isEqualTo(text);
  }

  private Program printing(String text) {
    return workspace -> {
      workspace.terminal().awaitReader();
      workspace.terminal().print(text);
      boolean _ = mayEnd.await(60, TimeUnit.SECONDS);
      return Ending.success();
    };
  }

  private static String lines(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append("#7 transferring context, part ").append(i).append("\r\n");
    }
    return text.toString();
  }
}
