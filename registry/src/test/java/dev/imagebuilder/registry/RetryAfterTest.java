package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** RFC 9110, 10.2.3. */
final class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-11-26T01:00:00Z");

  @Test
  void secondsOrADate() {
    assertThat(RetryAfter.parse("120", NOW)).contains(Duration.ofMinutes(2));
    assertThat(RetryAfter.parse(" 0 ", NOW)).contains(Duration.ZERO);
    assertThat(RetryAfter.parse("Thu, 26 Nov 2026 01:00:30 GMT", NOW))
        .contains(Duration.ofSeconds(30));
  }

  @Test
  void aDateThatIsOverMeansNow() {
    assertThat(RetryAfter.parse("Thu, 26 Nov 2026 00:00:00 GMT", NOW)).contains(Duration.ZERO);
  }

  @Test
  void nonsenseSaysNothing() {
    assertThat(RetryAfter.parse("", NOW)).isEmpty();
    assertThat(RetryAfter.parse("soon", NOW)).isEmpty();
    assertThat(RetryAfter.parse("-5", NOW)).isEmpty();
    assertThat(RetryAfter.parse("99999999999999999999", NOW)).isEmpty();
    assertThat(RetryAfter.parse("9223372036854775807", NOW)).isEmpty();
  }
}
