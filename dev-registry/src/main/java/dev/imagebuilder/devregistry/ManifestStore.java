package dev.imagebuilder.devregistry;

import dev.imagebuilder.core.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Manifests, tags and referrers of every repository. A manifest is there only with all it refers
 * to, a tag only after its manifest. Safe for any thread.
 */
final class ManifestStore {
  private final Disk disk;
  private final Layout layout;
  private final BlobStore blobs;

  ManifestStore(Disk disk, Layout layout, BlobStore blobs) {
    this.disk = disk;
    this.layout = layout;
    this.blobs = blobs;
  }

  /**
   * Keeps a manifest.
   *
   * @param digest of the bytes; checked by the caller
   * @throws Refusal if something that it refers to is not in the repository
   */
  void put(RepositoryName name, Digest digest, Stored stored, Manifest manifest)
      throws IOException, Refusal {
    disk.adding().lock();
    try {
      requireAll(name, manifest);
      disk.write(layout.content(digest), stored.bytes());
      if (manifest.subject() != null) {
        disk.mark(layout.referrer(name, manifest.subject(), digest));
      }
      disk.write(layout.manifest(name, digest), utf8(stored.mediaType()));
    } finally {
      disk.adding().unlock();
    }
  }

  /** Points a tag to a manifest of the repository. */
  void tag(RepositoryName name, String tag, Digest digest) throws IOException {
    disk.adding().lock();
    try {
      disk.write(layout.tags(name).resolve(tag), utf8(digest.toString()));
    } finally {
      disk.adding().unlock();
    }
  }

  /** What a tag points to. */
  Optional<Digest> tagged(RepositoryName name, String tag) throws IOException {
    return read(layout.tags(name).resolve(tag)).map(Digest::parse);
  }

  /** A manifest as it was pushed. */
  Optional<Stored> get(RepositoryName name, Digest digest) throws IOException {
    Optional<String> mediaType = read(layout.manifest(name, digest));
    Optional<FileChannel> content = blobs.openContent(digest);
    if (content.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream in = Channels.newInputStream(content.get())) {
      return mediaType.isEmpty()
          ? Optional.empty()
          : Optional.of(new Stored(mediaType.get(), in.readAllBytes()));
    }
  }

  /** Removes a manifest with the tags that point to it; false if it is not there. */
  boolean delete(RepositoryName name, Digest digest) throws IOException {
    disk.removing().lock();
    try {
      Optional<Stored> stored = get(name, digest);
      if (stored.isEmpty()) {
        return false;
      }
      for (String tag : tags(name)) {
        if (tagged(name, tag).equals(Optional.of(digest))) {
          disk.remove(layout.tags(name).resolve(tag));
        }
      }
      remove(name, digest, parsed(stored.get()));
      return true;
    } finally {
      disk.removing().unlock();
    }
  }

  /** Removes a tag and leaves the manifest; false if it is not there. */
  boolean untag(RepositoryName name, String tag) throws IOException {
    return Files.deleteIfExists(layout.tags(name).resolve(tag));
  }

  /** All tags of a repository, sorted. */
  List<String> tags(RepositoryName name) throws IOException {
    return Disk.list(layout.tags(name)).stream()
        .map(file -> String.valueOf(file.getFileName()))
        .toList();
  }

  /** All manifests of a repository. */
  List<Digest> list(RepositoryName name) throws IOException {
    return Disk.list(layout.manifests(name)).stream().map(Layout::digest).toList();
  }

  /** The manifests of a repository that are about a subject, which need not be there. */
  List<Digest> referrers(RepositoryName name, Digest subject) throws IOException {
    List<Digest> found = new ArrayList<>();
    for (Path file : Disk.list(layout.referrers(name, subject))) {
      if (Files.exists(layout.manifest(name, Layout.digest(file)))) {
        found.add(Layout.digest(file));
      }
    }
    return found;
  }

  /** Takes away a manifest that no tag points to; the caller holds {@link Disk#removing}. */
  void remove(RepositoryName name, Digest digest, Manifest manifest) throws IOException {
    disk.remove(layout.manifest(name, digest));
    if (manifest.subject() != null) {
      disk.remove(layout.referrer(name, manifest.subject(), digest));
      disk.removeEmpty(layout.referrers(name, manifest.subject()), layout.repository(name));
    }
  }

  /** The view of a manifest that was checked when it came. */
  static Manifest parsed(Stored stored) throws IOException {
    try {
      return Manifest.parse(stored.bytes(), stored.mediaType());
    } catch (Refusal e) {
      throw new IOException("a stored manifest is damaged: " + e.getMessage(), e);
    }
  }

  private void requireAll(RepositoryName name, Manifest manifest) throws IOException, Refusal {
    for (Digest blob : manifest.blobs()) {
      if (blobs.size(name, blob).isEmpty()) {
        throw missing("blob", blob, name);
      }
    }
    for (Digest child : manifest.children()) {
      if (!Files.exists(layout.manifest(name, child))) {
        throw missing("manifest", child, name);
      }
    }
  }

  private static Refusal missing(String what, Digest digest, RepositoryName name) {
    return new Refusal(
        400,
        Refusal.Code.MANIFEST_BLOB_UNKNOWN,
        "refers to " + what + " " + digest + ", which is not in " + name + ": push it first");
  }

  private static Optional<String> read(Path file) throws IOException {
    try {
      return Optional.of(Files.readString(file));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A manifest's bytes and the type they were pushed with. */
  static final class Stored {
    private final String mediaType;
    private final byte[] bytes;

    Stored(String mediaType, byte[] bytes) {
      this.mediaType = mediaType;
      this.bytes = bytes;
    }

    String mediaType() {
      return mediaType;
    }

    byte[] bytes() {
      return bytes;
    }
  }
}
