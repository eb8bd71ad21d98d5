package dev.imagebuilder.registry;

import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.ImageTransfer;
import dev.imagebuilder.core.RegistryCredentials;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.registry.Purpose.Subject;
import java.nio.file.Path;
import java.util.List;

/** Moves images between registries, and from disk to one. */
final class RegistryTransfer implements ImageTransfer {
  private final Sessions sessions;
  private final Patience patience;

  RegistryTransfer(Sessions sessions, Patience patience) {
    this.sessions = sessions;
    this.patience = patience;
  }

  @Override
  public Digest copy(ImageReference from, ImageReference to, RegistryCredentials credentials)
      throws RegistryException, CredentialException, InterruptedException {
    List<Session> pull =
        sessions.forReading(from.domain(), credentials.forPull(from.repository()), patience);
    return push(new RemoteImage(from, pull, new Retry(patience)), to, credentials);
  }

  @Override
  public Digest pushLayout(Path layout, ImageReference to, RegistryCredentials credentials)
      throws RegistryException, CredentialException, InterruptedException {
    Purpose purpose = new Purpose("push " + to, to.repository(), Subject.MANIFEST);
    return push(new LayoutImage(layout, purpose), to, credentials);
  }

  private Digest push(ImageSource source, ImageReference to, RegistryCredentials credentials)
      throws RegistryException, CredentialException, InterruptedException {
    Session session =
        sessions.forWriting(to.domain(), credentials.forPush(to.repository()), patience);
    return new Copier(source, to, session, new Retry(patience)).copy();
  }
}
