package dev.imagebuilder.registry;

import dev.imagebuilder.core.Attempts;
import java.time.Duration;

/**
 * How long and how often a registry is waited for.
 *
 * @param attempts how often a call is tried, from 1
 * @param answer how long one attempt may take until the answer begins
 * @param idle how long a body may stand still, in either direction
 * @param firstWait before the second attempt; doubles from there
 * @param longestWait the longest pause between two attempts; a registry that asks for a longer one
 *     is not asked again
 */
record Patience(
    int attempts, Duration answer, Duration idle, Duration firstWait, Duration longestWait) {

  /** Look-ups without {@code use_retry_client}: SPEC 12, row 81. */
  static final Patience ONCE = lookup(1, Duration.ofSeconds(30));

  /** Look-ups with it: SPEC 6.5. */
  static final Patience SEVERAL = lookup(4, Duration.ofSeconds(15));

  /** Copies and pushes: somebody waits for them anyway. */
  static final Patience TRANSFER =
      new Patience(
          5,
          Duration.ofMinutes(2),
          Duration.ofMinutes(1),
          Duration.ofMillis(500),
          Duration.ofSeconds(30));

  /** Cleaning up behind a failure. */
  static final Patience FAREWELL = lookup(1, Duration.ofSeconds(3));

  static Patience of(Attempts attempts) {
    return attempts == Attempts.ONE ? ONCE : SEVERAL;
  }

  private static Patience lookup(int attempts, Duration answer) {
    return new Patience(
        attempts, answer, Duration.ofSeconds(15), Duration.ofMillis(500), Duration.ofSeconds(5));
  }
}
