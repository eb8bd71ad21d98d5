package dev.imagebuilder.core;

/**
 * Port: which credential one build may use where. Made for that build by the credentials policy.
 */
public interface RegistryCredentials {

  /** For reading an image that the build names: its base, or one in a FROM. */
  Credential forPull(Repository repository) throws CredentialException;

  /** For writing the build's own results. Other repositories are anonymous. */
  Credential forPush(Repository repository) throws CredentialException;
}
