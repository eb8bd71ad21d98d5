package dev.imagebuilder.registry;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Images;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Exchange;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.core.work.LruCache;
import dev.imagebuilder.registry.ManifestClient.Found;
import dev.imagebuilder.registry.Purpose.Subject;
import java.util.List;
import java.util.Optional;

/**
 * Resolves references: SPEC 6.1. What a tag names is asked of the registry every time; what a
 * manifest holds never changes, so it is fetched once and its answer is kept.
 */
final class RegistryImages implements Images {
  private static final int MOST_CHOICES = 10_000;

  private final Sessions sessions;
  private final Platform platform;

  /** The image that a manifest means on our platform: itself, or an entry of an index. */
  private final LruCache<Digest, Digest> choices = new LruCache<>(MOST_CHOICES);

  RegistryImages(Sessions sessions, Platform platform) {
    this.sessions = sessions;
    this.platform = platform;
  }

  @Override
  public ImageReference resolve(ImageReference reference, Credential credential, Attempts attempts)
      throws RegistryException, InterruptedException {
    Patience patience = Patience.of(attempts);
    var lookup =
        new Lookup(reference, sessions.forReading(reference.domain(), credential, patience));
    Retry retry = new Retry(patience);
    Found found = retry.run(lookup::find);
    Optional<Digest> known = choices.get(found.digest());
    if (known.isPresent()) {
      return reference.withDigest(known.get());
    }
    Manifest fetched = found.manifest();
    Manifest manifest = fetched != null ? fetched : retry.run(() -> lookup.get(found.digest()));
    Digest chosen = choose(lookup, manifest);
    choices.put(found.digest(), chosen);
    return reference.withDigest(chosen);
  }

  private Digest choose(Lookup lookup, Manifest manifest) throws RegistryException {
    try {
      if (manifest.isImage()) {
        return manifest.digest();
      }
      Optional<Digest> entry = manifest.entryFor(platform);
      if (entry.isPresent()) {
        return entry.get();
      }
    } catch (Manifest.Malformed e) {
      String what = "cannot unmarshal manifest: " + e.getMessage();
      throw new RegistryException(Reason.INVALID_ANSWER, what, lookup.exchange(), null);
    }
    String what =
        "no manifest for platform " + platform.os() + "-" + platform.architecture() + " found";
    throw new RegistryException(Reason.NO_PLATFORM, what, lookup.exchange(), null);
  }

  /** The questions about one reference. */
  private record Lookup(ImageReference reference, List<Session> sessions) {

    Found find() throws RegistryException, InterruptedException {
      return Mirrors.firstOf(
          sessions, session -> client(session).find(reference.identifier(), purpose()));
    }

    Manifest get(Digest digest) throws RegistryException, InterruptedException {
      return Mirrors.firstOf(
          sessions, session -> client(session).get(digest.toString(), purpose()));
    }

    private ManifestClient client(Session session) {
      return new ManifestClient(session, reference.repository());
    }

    private Purpose purpose() {
      return new Purpose(
          "resolve " + reference.lookupForm(), reference.repository(), Subject.MANIFEST);
    }

    Exchange exchange() {
      String path = reference.repository().path();
      return new Exchange(
          "GET", sessions.getLast().endpoint().host(), path, 200, List.of(), null, 1);
    }
  }
}
