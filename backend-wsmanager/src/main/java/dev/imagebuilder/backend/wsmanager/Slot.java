package dev.imagebuilder.backend.wsmanager;

import dev.imagebuilder.core.BuildId;
import java.time.Duration;
import java.util.function.Predicate;

/** What is known of the workspace of a build that this process follows. Safe for any thread. */
final class Slot {
  private final BuildId build;
  private final Kind kind;
  private Observed now;
  private long confirmedAt;
  private int misses;

  Slot(BuildId build, Kind kind, Observed now) {
    this.build = build;
    this.kind = kind;
    this.now = now;
  }

  /** How a build came to be here. */
  enum Kind {
    /** This process started it. */
    OWN,
    /** This process started it, and no other build will do. */
    FORCED,
    /** It was found. */
    FOUND
  }

  BuildId build() {
    return build;
  }

  Kind kind() {
    return kind;
  }

  synchronized Observed now() {
    return now;
  }

  /** Something was heard of it. */
  synchronized void update(Observed next) {
    misses = 0;
    confirm();
    tell(next);
  }

  /** ws-manager said that it was started, or there. */
  synchronized void confirm() {
    if (confirmedAt == 0) {
      confirmedAt = System.nanoTime();
    }
  }

  /** It was not in a list; gone for sure the second time, since lists may be a little old. */
  synchronized void missed(long listedAt) {
    if (confirmedAt != 0 && listedAt - confirmedAt > 0 && ++misses > 1) {
      tell(now.gone());
    }
  }

  /** True if a list that was asked for now should have it. */
  synchronized boolean isMissing() {
    return misses > 0 && !now.isOver();
  }

  /** Waits until something else is known, or the time is up; returns what is known then. */
  synchronized Observed awaitChange(Observed seen, Duration limit) throws InterruptedException {
    return await(current -> !current.equals(seen), limit);
  }

  /** Waits until something is so, or the time is up; returns what is known then. */
  synchronized Observed await(Predicate<Observed> condition, Duration limit)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    long left = limit.toNanos();
    while (!condition.test(now) && left > 0) {
      wait(left / 1_000_000, (int) (left % 1_000_000));
      left = end - System.nanoTime();
    }
    return now;
  }

  private void tell(Observed next) {
    if (!next.equals(now)) {
      now = next;
      notifyAll();
    }
  }
}
