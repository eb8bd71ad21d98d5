package dev.imagebuilder.backend.wsmanager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class StartGateTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private final StartGate gate = new StartGate();
  private final List<String> entered = new CopyOnWriteArrayList<>();
  private final Semaphore mayLeave = new Semaphore(0);

  @Test
  void soManyAreLetThroughAtOnceAndMoreWhileAnswersAreQuick() throws Exception {
    int limit = gate.limit();
    for (int i = 0; i < limit + 5; i++) {
      start("eve");
    }
    Eventually.eventually(PATIENCE, () -> assertThat(entered).hasSize(limit));

    mayLeave.release(limit + 5);

    Eventually.eventually(PATIENCE, () -> assertThat(entered).hasSize(limit + 5));
    Eventually.eventually(PATIENCE, () -> assertThat(gate.limit()).isEqualTo(limit + limit + 5));
  }

  @Test
  void ownersTakeTurns() throws Exception {
    int limit = gate.limit();
    for (int i = 0; i < limit; i++) {
      start("eve");
    }
    Eventually.eventually(PATIENCE, () -> assertThat(entered).hasSize(limit));
    for (int i = 0; i < 10; i++) {
      awaitWaiting(i, "eve");
    }
    awaitWaiting(10, "ann");

    mayLeave.release(1);

    // One leaves, and the gate widens by one.
    Eventually.eventually(PATIENCE, () -> assertThat(entered).hasSize(limit + 2));
    assertThat(entered.subList(limit, limit + 2)).containsExactlyInAnyOrder("eve", "ann");
    mayLeave.release(100);
  }

  @Test
  void whoIsInterruptedWhileWaitingLeavesNoTrace() throws Exception {
    int limit = gate.limit();
    List<Thread> waiting = new ArrayList<>();
    for (int i = 0; i < limit; i++) {
      start("eve");
    }
    Eventually.eventually(PATIENCE, () -> assertThat(entered).hasSize(limit));
    for (int i = 0; i < 5; i++) {
      waiting.add(awaitWaiting(i, "eve"));
    }

    waiting.forEach(Thread::interrupt);
    for (Thread each : waiting) {
      assertThat(each.join(PATIENCE)).isTrue();
    }
    start("ann");
    mayLeave.release(100);

    Eventually.eventually(PATIENCE, () -> assertThat(entered).hasSize(limit + 1));
    assertThat(entered.getLast()).isEqualTo("ann");
  }

  private Thread awaitWaiting(int before, String owner) {
    Thread thread = start(owner);
    Eventually.eventually(PATIENCE, () -> assertThat(gate.waiting()).isEqualTo(before + 1));
    return thread;
  }

  private Thread start(String owner) {
    return Thread.ofVirtual()
        .start(() -> {
          try (var _ = gate.enter(owner)) {
            entered.add(owner);
            boolean _ = mayLeave.tryAcquire(20, TimeUnit.SECONDS);
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
  }
}
