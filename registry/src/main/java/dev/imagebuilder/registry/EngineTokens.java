package dev.imagebuilder.registry;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.RegistryCredentials;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Exchange;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.core.RegistryTokens;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.registry.Purpose.Subject;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Answers an engine's wishes for tokens. The scopes tell reading from writing, so that a FROM is
 * never read with what is meant for pushing.
 */
final class EngineTokens implements RegistryTokens {
  private static final String REPOSITORY = "repository:";
  private static final Set<String> READING = Set.of("pull");

  /** How Docker Hub's registry calls itself. */
  private static final String HUB_HOST = "registry-1.docker.io";

  private final Sessions sessions;
  private final InstantSource clock;

  EngineTokens(Sessions sessions, InstantSource clock) {
    this.sessions = sessions;
    this.clock = clock;
  }

  @Override
  public Token fetch(Wish wish, RegistryCredentials credentials)
      throws RegistryException, CredentialException, InterruptedException {
    String domain = wish.host().equals(HUB_HOST) ? Repository.DOCKER_HUB : wish.host();
    List<Scope> scopes = Scope.parse(String.join(" ", wish.scopes()));
    Wanted wanted = wanted(domain, scopes, wish);
    Credential credential =
        wanted.writes()
            ? credentials.forPush(wanted.repository())
            : credentials.forPull(wanted.repository());
    Session session = sessions.forWriting(domain, credential, Patience.SEVERAL);
    String words = (wanted.writes() ? "push " : "pull ") + wanted.repository();
    URI api = session.endpoint().in(wanted.repository(), "");
    Call call = Call.of(new Purpose(words, wanted.repository(), Subject.TOKEN), "GET", api, scopes);
    var challenge =
        new Challenge("bearer", Map.of("realm", wish.realm(), "service", wish.service()));
    var token = session.token(call, challenge);
    Instant now = clock.instant();
    return new Token(token.text(), now, Duration.between(now, token.expires()));
  }

  private record Wanted(Repository repository, boolean writes) {}

  /** The repository that is written to, or else the first that is read. */
  private static Wanted wanted(String domain, List<Scope> scopes, Wish wish)
      throws RegistryException {
    List<Scope> repositories =
        scopes.stream().filter(scope -> scope.resource().startsWith(REPOSITORY)).toList();
    List<Scope> written =
        repositories.stream().filter(scope -> !READING.containsAll(scope.actions())).toList();
    List<Scope> candidates = written.isEmpty() ? repositories : written;
    if (candidates.isEmpty()) {
      throw refused(wish, "names no repository");
    }
    String path = candidates.getFirst().resource().substring(REPOSITORY.length());
    try {
      return new Wanted(new Repository(domain, path), !written.isEmpty());
    } catch (IllegalArgumentException e) {
      throw refused(wish, "names no repository that can be: " + e.getMessage());
    }
  }

  private static RegistryException refused(Wish wish, String why) {
    return new RegistryException(
        Reason.INVALID_ANSWER,
        "token of " + wish.host() + " for " + wish.scopes() + ": " + why,
        new Exchange("GET", wish.host(), "", null, List.of(), null, 1),
        null);
  }
}
