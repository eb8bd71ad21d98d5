package dev.imagebuilder.buildkit.session;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.RegistryCredentials;
import dev.imagebuilder.core.RegistryTokens;
import dev.imagebuilder.core.Repository;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the daemon may show to registries for one build. Tokens say what they are for; a password
 * does not, so the one for pushing is only given out once all that a Dockerfile can name has been
 * read.
 */
public final class RegistryLogins {
  /** How Docker Hub's registry calls itself. */
  private static final String HUB_HOST = "registry-1.docker.io";

  private final RegistryTokens tokens;
  private final RegistryCredentials credentials;
  private final Repository target;
  private final AtomicBoolean pushing = new AtomicBoolean();

  /** Describes them; looks nothing up. */
  public RegistryLogins(
      RegistryTokens tokens, RegistryCredentials credentials, ImageReference target) {
    this.tokens = tokens;
    this.credentials = credentials;
    this.target = target.repository();
  }

  /** From now on the target's registry is asked for pushing. */
  public void startPushing() {
    pushing.set(true);
  }

  RegistryTokens tokens() {
    return tokens;
  }

  RegistryCredentials credentials() {
    return credentials;
  }

  /** The password for a registry that gives out no tokens. */
  Credential password(String host) throws CredentialException {
    String domain = host.equals(HUB_HOST) ? Repository.DOCKER_HUB : host;
    return pushing.get() && domain.equals(target.domain())
        ? credentials.forPush(target)
        // The daemon does not say which repository it reads, and a login for reading is a host's.
        : credentials.forPull(new Repository(domain, target.path()));
  }
}
