package dev.imagebuilder.testing;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what another thread or process brings about. */
public final class Eventually {
  private static final long POLL_MILLIS = 10;

  private Eventually() {}

  /**
   * Waits until the condition is true.
   *
   * @throws AssertionError if it is not within the limit
   */
  public static void eventually(Duration limit, BooleanSupplier condition) {
    eventually(
        limit,
        () -> {
          if (!condition.getAsBoolean()) {
            throw new AssertionError("the condition is still false");
          }
        });
  }

  /**
   * Waits until the assertion passes.
   *
   * @throws AssertionError if it does not within the limit; holds what it said last
   */
  public static void eventually(Duration limit, Assertion assertion) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      try {
        assertion.check();
        return;
      } catch (AssertionError e) {
        if (System.nanoTime() - end > 0) {
          throw new AssertionError("not within " + limit + ": " + e.getMessage(), e);
        }
      } catch (Exception e) {
        throw new AssertionError("the assertion could not be checked: " + e, e);
      }
      pause();
    }
  }

  static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting", e);
    }
  }

  /** Something that throws an {@link AssertionError} as long as it does not hold. */
  @FunctionalInterface
  public interface Assertion {

    /** Checks it once. */
    void check() throws Exception;
  }
}
