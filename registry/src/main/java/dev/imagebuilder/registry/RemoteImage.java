package dev.imagebuilder.registry;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.registry.Purpose.Subject;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An image in a registry, or in its mirrors. */
final class RemoteImage implements ImageSource {
  private final ImageReference reference;
  private final List<Session> sessions;
  private final Retry retry;

  /**
   * Blobs that a mirror failed to bring to their end: asked of the registry itself from then on.
   */
  private final Set<Digest> spoilt = ConcurrentHashMap.newKeySet();

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
    return new Content(blob.size(), () -> open(blob, purpose));
  }

  private InputStream open(Descriptor blob, Purpose purpose)
      throws RegistryException, InterruptedException {
    Session itself = sessions.getLast();
    List<Session> asked = spoilt.contains(blob.digest()) ? List.of(itself) : sessions;
    return Mirrors.firstOf(
        asked,
        session -> {
          InputStream in = new BlobClient(session, reference.repository()).open(blob, purpose);
          return session == itself ? in : new MirrorStream(in, blob.digest());
        });
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

  /** Whatever goes wrong here may go right without the mirror, and so is worth another attempt. */
  private final class MirrorStream extends FilterInputStream {
    private final Digest digest;

    MirrorStream(InputStream in, Digest digest) {
      super(in);
      this.digest = digest;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        return super.read(target, offset, length);
      } catch (Content.Broken e) {
        spoilt.add(digest);
        RegistryException fault = e.fault();
        String what = String.valueOf(fault.getMessage());
        throw new Content.Broken(
            new RegistryException(Reason.TRANSPORT, what, fault.exchange(), fault));
      }
    }
  }
}
