package dev.imagebuilder.registry;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.core.work.LruCache;
import dev.imagebuilder.core.work.SingleFlight;
import dev.imagebuilder.registry.TokenService.Wanted;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Knows how to convince each registry, and keeps the tokens. A token is only ever used for the very
 * credential it was given for.
 */
final class Logins {
  private static final int MOST_REGISTRIES = 1_000;
  private static final int MOST_TOKENS = 10_000;
  private static final Duration FETCH_PATIENCE = Duration.ofMinutes(1);

  private final TokenService service;
  private final InstantSource clock;

  /** The challenge that a registry made last. */
  private final LruCache<URI, Challenge> challenges = new LruCache<>(MOST_REGISTRIES);

  private final LruCache<Key, Token> tokens = new LruCache<>(MOST_TOKENS);
  private final SingleFlight<Key, Token, RegistryException> fetches =
      new SingleFlight<>(RegistryException.class, FETCH_PATIENCE);

  Logins(TokenService service, InstantSource clock) {
    this.service = service;
    this.clock = clock;
  }

  /**
   * What the registry will want to see, as far as it has said so before: saves its 401.
   *
   * @return a value of {@code Authorization}
   */
  Optional<Secret> foresee(Session session, Call call)
      throws RegistryException, InterruptedException {
    Optional<Challenge> known = challenges.get(session.endpoint().api());
    if (known.isEmpty()) {
      return Optional.empty();
    }
    if (known.get().scheme().equals("basic")) {
      return basic(session.credential());
    }
    try {
      return Optional.of(token(session, call, known.get()).authorization());
    } catch (RegistryException e) {
      if (isFinal(e.reason())) {
        throw e;
      }
      // The registry may want something else by now: let it say so.
      challenges.remove(session.endpoint().api());
      return Optional.empty();
    }
  }

  /** True for refusals of the caller, which must not be provoked twice. */
  private static boolean isFinal(Reason reason) {
    return switch (reason) {
      case UNAUTHORIZED, DENIED, RATE_LIMITED -> true;
      default -> false;
    };
  }

  /**
   * The answer to a 401 of the registry itself.
   *
   * @return a value of {@code Authorization} other than the refused; empty if nothing could help
   */
  Optional<Secret> answer(Session session, Call call, Answer refusal)
      throws RegistryException, InterruptedException {
    List<Challenge> asked = Challenge.parse(refusal.headers("WWW-Authenticate"));
    Optional<Challenge> bearer =
        Challenge.find(asked, "bearer")
            .filter(challenge -> !challenge.parameter("realm").isEmpty());
    if (bearer.isPresent()) {
      challenges.put(session.endpoint().api(), bearer.get().without("scope"));
      return Optional.of(
          bearer(session, call, bearer.get(), refusal.authorization()).authorization());
    }
    Optional<Challenge> basic = Challenge.find(asked, "basic");
    if (basic.isEmpty()) {
      return Optional.empty();
    }
    challenges.put(session.endpoint().api(), basic.get());
    return basic(session.credential())
        .filter(value -> !refusal.authorization().equals(Optional.of(value)));
  }

  private static Optional<Secret> basic(Credential credential) {
    return credential instanceof Credential.Password password
        ? Optional.of(Basic.of(password))
        : Optional.empty();
  }

  /** A token for somebody who has met the challenge elsewhere: kept, or fetched. */
  Token token(Session session, Call call, Challenge challenge)
      throws RegistryException, InterruptedException {
    return bearer(session, call, challenge, Optional.empty());
  }

  /** A token that is not the refused one: kept, or fetched by one of all who want it now. */
  private Token bearer(Session session, Call call, Challenge challenge, Optional<Secret> refused)
      throws RegistryException, InterruptedException {
    Key key =
        new Key(
            session.endpoint().api(),
            challenge.parameter("realm"),
            challenge.parameter("service"),
            Scope.merged(call.scopes(), List.of()),
            session.credential());
    Optional<Token> kept =
        tokens
            .get(key)
            .filter(token -> token.isFresh(clock.instant()))
            .filter(token -> !refused.equals(Optional.of(token.authorization())));
    if (kept.isPresent()) {
      return kept.get();
    }
    // What the registry names may say more than what we know it needs.
    List<Scope> named = Scope.parse(challenge.parameter("scope"));
    Wanted wanted =
        new Wanted(
            session.endpoint(),
            call,
            session.credential(),
            challenge,
            Scope.merged(call.scopes(), named));
    return fetches.get(
        key,
        () -> {
          Token token = service.fetch(wanted, session.patience());
          tokens.put(key, token);
          return token;
        });
  }

  /** What a token is good for. Prints no secret: a credential does not. */
  private record Key(
      URI registry, String realm, String service, List<Scope> scopes, Credential credential) {
    private Key {
      scopes = List.copyOf(scopes);
    }
  }
}
