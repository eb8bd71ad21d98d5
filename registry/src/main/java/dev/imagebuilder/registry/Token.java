package dev.imagebuilder.registry;

import dev.imagebuilder.core.Secret;
import java.time.Duration;
import java.time.Instant;

/**
 * A bearer token.
 *
 * @param expires by our own clock
 */
record Token(Secret text, Instant expires) {
  private static final Duration LARGEST_MARGIN = Duration.ofSeconds(30);

  /** A token that was asked for at a moment and then lives so long. */
  static Token of(Secret text, Instant asked, Duration lifetime) {
    Duration tenth = lifetime.dividedBy(10);
    Duration margin = tenth.compareTo(LARGEST_MARGIN) < 0 ? tenth : LARGEST_MARGIN;
    return new Token(text, asked.plus(lifetime).minus(margin));
  }

  boolean isFresh(Instant now) {
    return now.isBefore(expires);
  }

  /** The value of {@code Authorization}. */
  Secret authorization() {
    return Secret.of("Bearer " + text.reveal());
  }
}
