package dev.imagebuilder.registry;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Exchange;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.core.work.Tasks;
import dev.imagebuilder.registry.Purpose.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Puts one image, or an index and all it lists, into a repository: first all blobs, side by side,
 * then the manifests, children before parents, each with the bytes and the type that it had.
 */
final class Copier {
  /** What indexes may list in all: more is an attack or an accident. */
  private static final int MOST_MANIFESTS = 1_000;

  private static final int LARGEST_MANIFESTS = 64 << 20;

  private final ImageSource source;
  private final ImageReference target;
  private final ManifestClient manifests;
  private final BlobClient blobs;
  private final Retry retry;
  private final Purpose purpose;

  /** What the target lacks, each once; manifests in the order in which they are to be sent. */
  private final Map<Digest, Manifest> lackedManifests = new LinkedHashMap<>();

  private final Map<Digest, Descriptor> lackedBlobs = new LinkedHashMap<>();
  private final AtomicInteger manifestsListed = new AtomicInteger();
  private final AtomicLong manifestBytes = new AtomicLong();

  Copier(ImageSource source, ImageReference target, Session session, Retry retry) {
    this.source = source;
    this.target = target;
    this.manifests = new ManifestClient(session, target.repository());
    this.blobs = new BlobClient(session, target.repository());
    this.retry = retry;
    this.purpose = new Purpose("push " + target, target.repository(), Subject.MANIFEST);
  }

  /**
   * Copies what the target does not have.
   *
   * @return the digest of the root, which is the source's
   */
  Digest copy() throws RegistryException, InterruptedException {
    Manifest root = source.root();
    Optional<Digest> wanted = target.digest();
    if (wanted.isPresent() && !wanted.get().equals(root.digest())) {
      throw refused(Reason.DIGEST_MISMATCH, "the image is " + root.digest());
    }
    if (!has(root.digest())) {
      collect(root);
    }
    List<Callable<Boolean>> uploads = new ArrayList<>();
    lackedBlobs.values().forEach(blob -> uploads.add(() -> put(blob)));
    allOf(uploads);
    for (Manifest manifest : lackedManifests.values()) {
      if (manifest != root) {
        put(manifest.digest().toString(), manifest);
      }
    }
    if (target.tag().isPresent() && wanted.isEmpty()) {
      put(target.identifier(), root);
    } else if (lackedManifests.containsValue(root)) {
      put(root.digest().toString(), root);
    }
    return root.digest();
  }

  /** Notes a manifest that the target lacks, after all that it names and the target lacks too. */
  private void collect(Manifest manifest) throws RegistryException, InterruptedException {
    try {
      if (manifest.isIndex()) {
        collectEntries(manifest.entries());
      } else {
        manifest.blobs().forEach(this::collectBlob);
      }
    } catch (Manifest.Malformed e) {
      throw refused(Reason.INVALID_ANSWER, "manifest " + manifest.digest() + ": " + e.getMessage());
    }
    lackedManifests.put(manifest.digest(), manifest);
  }

  private void collectEntries(List<Descriptor> entries)
      throws RegistryException, InterruptedException {
    if (manifestsListed.addAndGet(entries.size()) > MOST_MANIFESTS) {
      throw refused(Reason.INVALID_ANSWER, "lists more than " + MOST_MANIFESTS + " manifests");
    }
    List<Callable<Optional<Manifest>>> fetches = new ArrayList<>();
    for (Descriptor entry : entries) {
      // Build caches list their layers in an index.
      if (!entry.mediaType().isEmpty() && !entry.isManifest()) {
        collectBlob(entry);
      } else if (!lackedManifests.containsKey(entry.digest())) {
        fetches.add(() -> lacked(entry.digest()));
      }
    }
    for (Optional<Manifest> lacked : allOf(fetches)) {
      if (lacked.isPresent()) {
        collect(lacked.get());
      }
    }
  }

  /** A manifest, if the target lacks it: a registry that has a manifest has what it names. */
  private Optional<Manifest> lacked(Digest digest) throws RegistryException, InterruptedException {
    if (has(digest)) {
      return Optional.empty();
    }
    Manifest manifest = source.manifest(digest);
    if (manifestBytes.addAndGet(manifest.size()) > LARGEST_MANIFESTS) {
      throw refused(Reason.INVALID_ANSWER, "lists manifests of more than 64 MiB in all");
    }
    return Optional.of(manifest);
  }

  private void collectBlob(Descriptor blob) {
    boolean isInPlace = source.repository().equals(Optional.of(target.repository()));
    if (!isInPlace && !blob.isForeign()) {
      lackedBlobs.put(blob.digest(), blob);
    }
  }

  private boolean has(Digest digest) throws RegistryException, InterruptedException {
    return retry.run(() -> manifests.has(digest, purpose));
  }

  private boolean put(Descriptor blob) throws RegistryException, InterruptedException {
    String words = purpose.words() + ": blob " + blob.digest();
    Purpose ofBlob = new Purpose(words, target.repository(), Subject.BLOB);
    Optional<Repository> mountFrom =
        source.repository().filter(from -> from.domain().equals(target.domain()));
    return retry.run(() -> {
      blobs.put(blob, source.blob(blob), mountFrom, ofBlob);
      return true;
    });
  }

  private void put(String identifier, Manifest manifest)
      throws RegistryException, InterruptedException {
    retry.run(() -> {
      manifests.put(identifier, manifest, purpose);
      return true;
    });
  }

  private static <T> List<T> allOf(List<Callable<T>> tasks)
      throws RegistryException, InterruptedException {
    try {
      return Tasks.allOf(tasks);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RegistryException fault -> throw fault;
        case InterruptedException interrupted -> throw interrupted;
        case null, default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  private RegistryException refused(Reason reason, String why) {
    Exchange none =
        new Exchange("", target.domain(), target.repository().path(), null, List.of(), null, 1);
    return new RegistryException(reason, purpose.words() + ": " + why, none, null);
  }
}
