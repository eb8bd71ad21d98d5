package dev.imagebuilder.ecr;

import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.work.LruCache;
import dev.imagebuilder.core.work.SingleFlight;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps tokens for four hours (SPEC 5.2) and fetches each once for all who want it. One that cannot
 * be renewed is used as long as it is good.
 */
final class KeptTokens {
  private static final Logger log = LoggerFactory.getLogger(KeptTokens.class);
  private static final Duration KEPT = Duration.ofHours(4);

  /** A build must be able to use a token for a while. */
  private static final Duration MARGIN = Duration.ofMinutes(15);

  private static final int MOST_SCOPES = 200;

  private final Issuer issuer;
  private final InstantSource clock;
  private final LruCache<Scope, Answer> answers = new LruCache<>(MOST_SCOPES);
  private final LruCache<Scope, EcrToken> tokens = new LruCache<>(MOST_SCOPES);
  private final SingleFlight<Scope, EcrToken, CredentialException> running;

  KeptTokens(Issuer issuer, InstantSource clock, Duration patience) {
    this.issuer = issuer;
    this.clock = clock;
    this.running = new SingleFlight<>(CredentialException.class, patience);
  }

  /** A token that is good for a while: kept, or new. */
  EcrToken get(Scope scope) throws CredentialException, InterruptedException {
    Optional<Answer> known = known(scope);
    if (known.isPresent()) {
      return tokenOf(known.get());
    }
    return running.get(
        scope,
        () -> {
          // Whoever came just too late for another's request must not make one more.
          Optional<Answer> meanwhile = known(scope);
          return tokenOf(meanwhile.isPresent() ? meanwhile.get() : asked(scope));
        });
  }

  private Optional<Answer> known(Scope scope) {
    return answers.get(scope).filter(answer -> clock.instant().isBefore(answer.until()));
  }

  private static EcrToken tokenOf(Answer answer) throws CredentialException {
    return switch (answer) {
      case Given(var token, _) -> token;
      case Refused(var why, _) -> throw new CredentialException(why);
    };
  }

  private Answer asked(Scope scope) throws InterruptedException {
    Answer answer;
    try {
      EcrToken token = issuer.issue(scope);
      tokens.put(scope, token);
      answer = new Given(token, earlier(clock.instant().plus(KEPT), token.expires().minus(MARGIN)));
    } catch (CredentialException e) {
      answer = failed(scope, String.valueOf(e.getMessage()));
    }
    answers.put(scope, answer);
    return answer;
  }

  private Answer failed(Scope scope, String why) {
    Instant now = clock.instant();
    Instant again = now.plus(scope.failureKept());
    Optional<EcrToken> old = tokens.get(scope).filter(token -> now.isBefore(token.expires()));
    if (old.isEmpty()) {
      return new Refused(why, again);
    }
    log.atWarn()
        .addKeyValue("region", scope.words())
        .addKeyValue("expires", old.get().expires())
        .addKeyValue("cause", why)
        .log("cannot renew an ECR token, the old one is used while it lasts");
    return new Given(old.get(), earlier(again, old.get().expires()));
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /** What AWS said last, and how long that counts. */
  private sealed interface Answer {
    Instant until();
  }

  private record Given(EcrToken token, Instant until) implements Answer {}

  private record Refused(String why, Instant until) implements Answer {}
}
