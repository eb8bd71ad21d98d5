package dev.imagebuilder.registry;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.Secret;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One registry as one credential sees it: calls go through with whatever login they need. */
final class Session {
  private final Endpoint endpoint;
  private final Credential credential;
  private final Patience patience;
  private final Tools tools;

  Session(Endpoint endpoint, Credential credential, Patience patience, Tools tools) {
    this.endpoint = endpoint;
    this.credential = credential;
    this.patience = patience;
    this.tools = tools;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  Credential credential() {
    return credential;
  }

  Patience patience() {
    return patience;
  }

  /** The same, but waiting otherwise. */
  Session with(Patience other) {
    return new Session(endpoint, credential, other, tools);
  }

  /** A token for somebody else who has met the registry's challenge. */
  Token token(Call call, Challenge challenge) throws RegistryException, InterruptedException {
    return tools.logins().token(this, call, challenge);
  }

  /**
   * Sends a call, logs in where the registry asks for it, and returns an answer of any status but
   * 401.
   *
   * @throws RegistryException if there is no answer, or no login
   */
  Answer send(Call call) throws RegistryException, InterruptedException {
    @Nullable Secret foreseen = tools.logins().foresee(this, call).orElse(null);
    Answer answer = tools.transport().send(endpoint, call, foreseen, patience);
    if (answer.status() != 401) {
      return answer;
    }
    // Freed before a token is fetched: that needs a connection too.
    RegistryException refused;
    try (answer) {
      refused = Faults.refusal(call, answer, credential);
    }
    // Only the registry itself may ask who we are, not where it redirects to.
    Optional<Secret> login =
        answer.from() == Answer.From.REGISTRY
            ? tools.logins().answer(this, call, answer)
            : Optional.empty();
    if (login.isEmpty()) {
      throw refused;
    }
    Answer second = tools.transport().send(endpoint, call, login.get(), patience);
    if (second.status() != 401) {
      return second;
    }
    try (second) {
      throw Faults.refusal(call, second, credential);
    }
  }

  /** What every session of a process shares. */
  record Tools(Transport transport, Logins logins) {}
}
