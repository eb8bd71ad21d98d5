package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Secret;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class TokenTest {
  private static final Instant ASKED = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void aTokenIsGivenUpATenthBeforeItsEnd() {
    Token token = Token.of(Secret.of("t"), ASKED, Duration.ofSeconds(60));

    assertThat(token.isFresh(ASKED.plusSeconds(53))).isTrue();
    assertThat(token.isFresh(ASKED.plusSeconds(54))).isFalse();
  }

  @Test
  void theMarginOfALongTokenIsHalfAMinute() {
    Token token = Token.of(Secret.of("t"), ASKED, Duration.ofHours(1));

    assertThat(token.isFresh(ASKED.plusSeconds(3_569))).isTrue();
    assertThat(token.isFresh(ASKED.plusSeconds(3_570))).isFalse();
  }

  @Test
  void aTokenPrintsNothingSecret() {
    Token token = Token.of(Secret.of("very-secret"), ASKED, Duration.ofHours(1));

    assertThat(token.toString()).doesNotContain("very-secret");
    assertThat(token.authorization().reveal()).isEqualTo("Bearer very-secret");
  }
}
