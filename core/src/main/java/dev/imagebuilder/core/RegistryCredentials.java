package dev.imagebuilder.core;

import java.util.Map;

/**
 * Port: which credential one build may use where. Made for that build by the credentials policy.
 */
public interface RegistryCredentials {

  /** For reading an image that the build names: its base, or one in a FROM. */
  Credential forPull(Repository repository) throws CredentialException;

  /** For writing the build's own results. Other repositories are anonymous. */
  Credential forPush(Repository repository) throws CredentialException;

  /**
   * What a proxy that works for this build elsewhere needs besides the installation's pull secret:
   * the request's own logins, and what the base image needs (SPEC 5.5).
   *
   * @return by domain
   */
  default Map<String, ProxyLogin> forProxy() throws CredentialException {
    return Map.of();
  }

  /**
   * One login as bob's proxy reads it.
   *
   * @param auth base64 of user and password as the request gave it; empty for the installation's
   */
  record ProxyLogin(String username, Secret password, Secret auth, Secret identityToken) {}
}
