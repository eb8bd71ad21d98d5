package dev.imagebuilder.cli;

import java.time.Duration;

/** How long a command tries to reach a service again that has gone: a restart takes no longer. */
final class Patience {
  private static final Duration FIRST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(8);
  private static final Duration ALL = Duration.ofMinutes(2);

  private Duration pause = FIRST;
  private Duration waited = Duration.ZERO;

  /** It was reached. */
  void restore() {
    pause = FIRST;
    waited = Duration.ZERO;
  }

  /** Waits before the next try; false if there were enough. */
  boolean await() throws InterruptedException {
    if (waited.compareTo(ALL) >= 0) {
      return false;
    }
    Thread.sleep(pause);
    waited = waited.plus(pause);
    pause = pause.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : pause.multipliedBy(2);
    return true;
  }
}
