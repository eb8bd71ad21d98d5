package dev.imagebuilder.service;

import java.time.Duration;

/** A moment that does not move when the clock of the machine is set. */
record Deadline(long nanoTime) {
  private static final Duration LONGEST = Duration.ofDays(365);

  /** The moment after this duration. */
  static Deadline in(Duration duration) {
    Duration bounded = duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
    return new Deadline(System.nanoTime() + bounded.toNanos());
  }

  /** How long it is until then; negative if it is past. */
  long nanosLeft() {
    return nanoTime - System.nanoTime();
  }

  /** The same as a duration, never negative. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, nanosLeft()));
  }
}
