package dev.imagebuilder.registry;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * Reads the header {@code Retry-After}: seconds, or a date.
 *
 * @see "RFC 9110, 10.2.3"
 */
final class RetryAfter {
  private static final Duration LONGEST = Duration.ofDays(30);

  private RetryAfter() {}

  /** How long to wait from now, never negative; empty if the text says nothing usable. */
  static Optional<Duration> parse(String text, Instant now) {
    Duration wait;
    try {
      wait =
          text.strip().chars().allMatch(c -> c >= '0' && c <= '9')
              ? Duration.ofSeconds(Long.parseLong(text.strip()))
              : Duration.between(
                  now, ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME));
    } catch (DateTimeException | NumberFormatException _) {
      return Optional.empty();
    }
    if (wait.isNegative()) {
      return Optional.of(Duration.ZERO);
    }
    return wait.compareTo(LONGEST) > 0 ? Optional.empty() : Optional.of(wait);
  }
}
