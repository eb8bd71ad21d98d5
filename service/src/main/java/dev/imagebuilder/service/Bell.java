package dev.imagebuilder.service;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** Wakes those who wait for a change. The change itself is made before it rings. */
final class Bell {
  private static final Duration LONGEST = Duration.ofDays(365);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition rung = lock.newCondition();

  /** Wakes all who wait; they look again. */
  void ring() {
    lock.lock();
    try {
      rung.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the condition holds.
   *
   * @return false if it did not in time
   */
  boolean await(BooleanSupplier condition, Duration limit) throws InterruptedException {
    long left = limit.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : limit.toNanos();
    lock.lockInterruptibly();
    try {
      while (!condition.getAsBoolean()) {
        if (left <= 0) {
          return false;
        }
        left = rung.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
