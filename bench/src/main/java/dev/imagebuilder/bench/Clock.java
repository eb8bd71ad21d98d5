package dev.imagebuilder.bench;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A clock that several processes of one machine share. */
final class Clock {

  private Clock() {}

  /** Microseconds since the epoch. */
  static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
