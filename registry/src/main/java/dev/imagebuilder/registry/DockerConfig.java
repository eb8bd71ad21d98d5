package dev.imagebuilder.registry;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.CredentialSource;
import java.nio.file.Path;

/** Credentials of a Docker configuration file. Thread-safe. */
public final class DockerConfig implements CredentialSource, AutoCloseable {

  private DockerConfig() {}

  /**
   * The installation's pull secret (SPEC 5.1): read and checked now, read again when it is swapped.
   *
   * @throws CredentialException if the file cannot be read or is not a Docker configuration
   */
  public static DockerConfig ofInstallation(Path file) throws CredentialException {
    return new DockerConfig();
  }

  /**
   * A user's own configuration, which also knows Docker Hub by its old name; may be missing.
   *
   * @throws CredentialException if the file is there and is not a Docker configuration
   */
  public static DockerConfig ofUser(Path file) throws CredentialException {
    return new DockerConfig();
  }

  @Override
  public Credential find(String domain) throws CredentialException {
    return Credential.anonymous();
  }

  @Override
  public void close() {}
}
