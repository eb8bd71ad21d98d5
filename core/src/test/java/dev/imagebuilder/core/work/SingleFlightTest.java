package dev.imagebuilder.core.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.imagebuilder.core.CredentialException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SingleFlightTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final SingleFlight<String, Integer, CredentialException> flight =
      new SingleFlight<>(CredentialException.class, Duration.ofSeconds(10));
  private final AtomicInteger runs = new AtomicInteger();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch open = new CountDownLatch(1);
  private final List<Thread> waiting = new ArrayList<>();

  @AfterEach
  void close() {
    threads.shutdownNow();
  }

  @Test
  void equalWorkAtTheSameTimeIsDoneOnce() throws Exception {
    Future<Integer> first = threads.submit(() -> flight.get("a", this::slow));
    begun.await();
    Future<Integer> second = waiter();

    open.countDown();

    assertThat(first.get(5, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(second.get(5, TimeUnit.SECONDS)).isEqualTo(1);
  }

  @Test
  void otherWorkIsNotWaitedFor() throws Exception {
    Future<Integer> first = threads.submit(() -> flight.get("a", this::slow));
    begun.await();

    assertThat(flight.get("b", runs::incrementAndGet)).isEqualTo(2);

    open.countDown();
    assertThat(first.get(5, TimeUnit.SECONDS)).isEqualTo(1);
  }

  @Test
  void workThatIsDoneIsDoneAgain() throws Exception {
    assertThat(flight.get("a", runs::incrementAndGet)).isEqualTo(1);
    assertThat(flight.get("a", runs::incrementAndGet)).isEqualTo(2);
  }

  @Test
  void allSeeTheFailure() throws Exception {
    Future<Integer> first =
        threads.submit(() ->
            flight.get(
                "a",
                () -> {
                  slow();
                  throw new CredentialException("no");
                }));
    begun.await();
    Future<Integer> second = waiter();

    open.countDown();

    for (Future<Integer> one : List.of(first, second)) {
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> one.get(5, TimeUnit.SECONDS))
          .withCauseInstanceOf(CredentialException.class);
    }
    assertThat(runs).hasValue(1);
  }

  @Test
  void whoWaitedForAnInterruptedOneBeginsAnew() throws Exception {
    Future<Integer> first = threads.submit(() -> flight.get("a", this::slow));
    begun.await();
    Future<Integer> second = waiter();

    first.cancel(true);

    assertThat(second.get(5, TimeUnit.SECONDS)).isEqualTo(2);
  }

  @Test
  void nobodyWaitsLongerThanThePatience() throws Exception {
    var impatient =
        new SingleFlight<String, Integer, CredentialException>(
            CredentialException.class, Duration.ofMillis(20));
    Future<Integer> first = threads.submit(() -> impatient.get("a", this::slow));
    begun.await();

    assertThat(impatient.get("a", runs::incrementAndGet)).isEqualTo(2);

    open.countDown();
    assertThat(first.get(5, TimeUnit.SECONDS)).isEqualTo(1);
  }

  private int slow() throws InterruptedException {
    int run = runs.incrementAndGet();
    begun.countDown();
    assertThat(open.await(10, TimeUnit.SECONDS)).isTrue();
    return run;
  }

  /** A second caller, which waits already. */
  private Future<Integer> waiter() throws InterruptedException {
    CountDownLatch there = new CountDownLatch(1);
    Future<Integer> second =
        threads.submit(() -> {
          waiting.add(Thread.currentThread());
          there.countDown();
          return flight.get("a", runs::incrementAndGet);
        });
    there.await();
    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (waiting.getFirst().getState() != Thread.State.TIMED_WAITING) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
    return second;
  }
}
