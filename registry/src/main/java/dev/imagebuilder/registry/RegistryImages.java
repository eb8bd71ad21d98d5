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
import dev.imagebuilder.core.work.SingleFlight;
import dev.imagebuilder.registry.ManifestClient.Found;
import dev.imagebuilder.registry.Purpose.Subject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Resolves references: SPEC 6.1. What a tag names is asked of the registry every time, but once for
 * all who want to know it at the same time and show the same credential; what a manifest holds
 * never changes, so it is fetched once and its answer is kept.
 */
final class RegistryImages implements Images {
  private static final int MOST_CHOICES = 10_000;

  /** Longer than any look-up takes, with all its attempts. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Sessions sessions;
  private final Platform platform;

  /** The image that a manifest means on our platform: itself, or an entry of an index. */
  private final LruCache<Digest, Digest> choices = new LruCache<>(MOST_CHOICES);

  private final SingleFlight<Question, ImageReference, RegistryException> asking =
      new SingleFlight<>(RegistryException.class, PATIENCE);

  RegistryImages(Sessions sessions, Platform platform) {
    this.sessions = sessions;
    this.platform = platform;
  }

  @Override
  public ImageReference resolve(ImageReference reference, Credential credential, Attempts attempts)
      throws RegistryException, InterruptedException {
    Question question = new Question(reference.lookupForm(), credential, attempts);
    AtomicBoolean own = new AtomicBoolean();
    try {
      return asking.get(
          question,
          () -> {
            own.set(true);
            return ask(reference, credential, attempts);
          });
    } catch (RegistryException e) {
      if (own.get() || !e.reason().isNotFound()) {
        throw e;
      }
    }
    // Another asked before we did, and the image may have come in between: all who heard that it
    // is not there ask once more, together.
    return asking.get(question, () -> ask(reference, credential, attempts));
  }

  private ImageReference ask(ImageReference reference, Credential credential, Attempts attempts)
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

  /** What makes two look-ups the same. Prints no secret: a credential does not. */
  private record Question(String reference, Credential credential, Attempts attempts) {}

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
