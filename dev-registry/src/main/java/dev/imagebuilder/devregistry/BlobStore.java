package dev.imagebuilder.devregistry;

import dev.imagebuilder.core.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Content by digest, kept once for all repositories, and the marks that say which repository has
 * which blob. A mark is made after its content and removed before it. Safe for any thread.
 */
final class BlobStore {
  private final Disk disk;
  private final Layout layout;

  BlobStore(Disk disk, Layout layout) {
    this.disk = disk;
    this.layout = layout;
  }

  /** The size of a repository's blob in bytes; the blob then counts as new for the cleaner. */
  Optional<Long> size(RepositoryName name, Digest digest) throws IOException {
    Path mark = layout.blobMark(name, digest);
    try {
      disk.touch(mark);
      return Optional.of(Files.size(layout.content(digest)));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  /** Opens a repository's blob for reading; the caller closes it. */
  Optional<FileChannel> open(RepositoryName name, Digest digest) throws IOException {
    return Files.exists(layout.blobMark(name, digest)) ? openContent(digest) : Optional.empty();
  }

  /** Makes an unfinished file a blob of the repository; its digest has been checked. */
  void add(RepositoryName name, Digest digest, Path unfinished) throws IOException {
    disk.adding().lock();
    try {
      addContent(digest, unfinished);
      disk.mark(layout.blobMark(name, digest));
    } finally {
      disk.adding().unlock();
    }
  }

  /** Makes a blob of one repository a blob of another too; false if the one has it not. */
  boolean mount(RepositoryName from, RepositoryName to, Digest digest) throws IOException {
    disk.adding().lock();
    try {
      if (size(from, digest).isEmpty()) {
        return false;
      }
      disk.mark(layout.blobMark(to, digest));
      return true;
    } finally {
      disk.adding().unlock();
    }
  }

  /** Takes a blob from a repository; false if it has it not. */
  boolean delete(RepositoryName name, Digest digest) throws IOException {
    disk.removing().lock();
    try {
      return Files.deleteIfExists(layout.blobMark(name, digest));
    } finally {
      disk.removing().unlock();
    }
  }

  /** All blobs of a repository. */
  List<Digest> list(RepositoryName name) throws IOException {
    List<Digest> digests = new ArrayList<>();
    for (Path mark : Disk.list(layout.blobMarks(name))) {
      digests.add(Layout.digest(mark));
    }
    return digests;
  }

  /** Content whoever has it; the caller closes it. */
  Optional<FileChannel> openContent(Digest digest) throws IOException {
    try {
      return Optional.of(FileChannel.open(layout.content(digest), StandardOpenOption.READ));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  private void addContent(Digest digest, Path unfinished) throws IOException {
    Path content = layout.content(digest);
    if (Files.exists(content)) {
      disk.touch(content);
      disk.remove(unfinished);
    } else {
      disk.adopt(unfinished, content);
    }
  }
}
