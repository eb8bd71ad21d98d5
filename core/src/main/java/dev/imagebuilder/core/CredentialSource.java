package dev.imagebuilder.core;

/** Port: the credentials that the installation (or the user of the CLI) has for registries. */
@FunctionalInterface
public interface CredentialSource {

  /** Knows nobody. */
  CredentialSource NONE = _ -> Credential.anonymous();

  /**
   * The credential for a registry, {@link Credential.Anonymous} if there is none.
   *
   * @param domain the normalised domain of a reference, with its port
   * @throws CredentialException if a source that should know failed
   */
  Credential find(String domain) throws CredentialException;
}
