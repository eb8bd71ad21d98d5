package dev.imagebuilder.core;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Port: short-lived tokens of registries for an engine that pulls and pushes by itself, so that it
 * never holds what they were traded for.
 */
public interface RegistryTokens {

  /**
   * Fetches a token for just the scopes that are asked for.
   *
   * @param credentials say what each repository may be shown: those for pushing where a scope says
   *     more than {@code pull}
   * @throws RegistryException if there is none
   */
  Token fetch(Wish wish, RegistryCredentials credentials)
      throws RegistryException, CredentialException, InterruptedException;

  /**
   * What a registry has asked for.
   *
   * @param host the registry's own, with its port: {@code registry-1.docker.io}
   * @param realm where it has tokens given out, a URL
   * @param service its name for itself, or empty
   * @param scopes such as {@code repository:library/alpine:pull}
   * @see "distribution/docs/spec/auth/token.md"
   */
  record Wish(String host, String realm, String service, List<String> scopes) {
    public Wish {
      scopes = List.copyOf(scopes);
    }
  }

  /** A bearer token, and how long it lives from when on. */
  record Token(Secret text, Instant issued, Duration lifetime) {}
}
