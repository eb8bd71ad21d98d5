package dev.imagebuilder.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/** Durations of one thing done many times. */
final class Samples {
  private final long[] nanos;

  Samples(long[] nanos) {
    this.nanos = nanos.clone();
    Arrays.sort(this.nanos);
  }

  Duration median() {
    return at(0.5);
  }

  /** The duration that so much of the samples do not exceed. */
  Duration at(double part) {
    return Duration.ofNanos(nanos[(int) Math.min(nanos.length - 1, part * nanos.length)]);
  }

  /** Milliseconds with one decimal. */
  static String millis(Duration duration) {
    return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
  }

  /** Minimum, median and maximum, in seconds. */
  String seconds() {
    return String.format(
        Locale.ROOT,
        "%.2f s (%.2f to %.2f)",
        median().toNanos() / 1e9,
        at(0).toNanos() / 1e9,
        at(1).toNanos() / 1e9);
  }
}
