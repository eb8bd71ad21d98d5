package dev.imagebuilder.registry;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.registry.Purpose.Subject;
import java.util.List;
import java.util.Optional;

/** An image in a registry, or in its mirrors. */
final class RemoteImage implements ImageSource {
  private final ImageReference reference;
  private final List<Session> sessions;
  private final Retry retry;

  /**
   * Describes where it is.
   *
   * @param sessions mirrors first, the registry itself last
   */
  RemoteImage(ImageReference reference, List<Session> sessions, Retry retry) {
    this.reference = reference;
    this.sessions = List.copyOf(sessions);
    this.retry = retry;
  }

  @Override
  public Manifest root() throws RegistryException, InterruptedException {
    return get(reference.identifier());
  }

  @Override
  public Manifest manifest(Digest digest) throws RegistryException, InterruptedException {
    return get(digest.toString());
  }

  @Override
  public Content blob(Descriptor blob) {
    Purpose purpose =
        purpose("pull blob " + blob.digest() + " of " + reference.repository(), Subject.BLOB);
    return new Content(
        blob.size(),
        () ->
            Mirrors.firstOf(
                sessions,
                session -> new BlobClient(session, reference.repository()).open(blob, purpose)));
  }

  @Override
  public Optional<Repository> repository() {
    return Optional.of(reference.repository());
  }

  private Manifest get(String identifier) throws RegistryException, InterruptedException {
    String separator = identifier.indexOf(':') < 0 ? ":" : "@";
    Purpose purpose =
        purpose("pull " + reference.repository() + separator + identifier, Subject.MANIFEST);
    return retry.run(() ->
        Mirrors.firstOf(
            sessions,
            session ->
                new ManifestClient(session, reference.repository()).get(identifier, purpose)));
  }

  private Purpose purpose(String words, Subject subject) {
    return new Purpose(words, reference.repository(), subject);
  }
}
