package dev.imagebuilder.devregistry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;

/**
 * The registry's folder. A file in it is there wholly or not at all, whenever the process is
 * killed: content is written and synced under another name first, then renamed, then the folder is
 * synced. Safe for any thread.
 *
 * <p>Who adds something that refers to something else holds {@link #adding}; who removes holds
 * {@link #removing}. So nothing vanishes between the look at it and the reference to it.
 */
final class Disk {
  private final Layout layout;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  private Disk(Layout layout) {
    this.layout = layout;
  }

  /** Opens the folder, makes it if need be, and removes what an earlier process left unfinished. */
  static Disk open(Layout layout) throws IOException {
    Disk disk = new Disk(layout);
    disk.makeFolder(layout.unfinished());
    for (Path leftover : list(layout.unfinished())) {
      Files.delete(leftover);
    }
    return disk;
  }

  /** Held by many at once, each adding references. */
  Lock adding() {
    return lock.readLock();
  }

  /** Held by one alone, which removes. */
  Lock removing() {
    return lock.writeLock();
  }

  /** A path for a new file that is not yet to be seen. */
  Path newUnfinished() {
    return layout.unfinished().resolve(UUID.randomUUID().toString());
  }

  /** Writes a small file, in place of the one that may be there. */
  void write(Path target, byte[] content) throws IOException {
    Path unfinished = newUnfinished();
    try {
      try (FileChannel out =
          FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer left = ByteBuffer.wrap(content);
        while (left.hasRemaining()) {
          out.write(left);
        }
      }
      adopt(unfinished, target);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /** Makes an unfinished file the target, in place of the one that may be there. */
  void adopt(Path unfinished, Path target) throws IOException {
    try (FileChannel written = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
      written.force(true);
    }
    Path folder = parent(target);
    makeFolder(folder);
    Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    sync(folder);
  }

  /** Makes an empty file whose name is all it says; one that is there gets younger. */
  void mark(Path target) throws IOException {
    Path folder = parent(target);
    makeFolder(folder);
    try {
      Files.createFile(target);
      sync(folder);
    } catch (FileAlreadyExistsException _) {
      touch(target);
    }
  }

  /** Makes a file count as new. */
  void touch(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
  }

  /** Removes a file that may be there. */
  void remove(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  /** Removes a folder if it is empty, and then those above it up to the limit, which stays. */
  void removeEmpty(Path folder, Path limit) throws IOException {
    for (Path one = folder; !one.equals(limit); one = parent(one)) {
      try {
        Files.deleteIfExists(one);
      } catch (DirectoryNotEmptyException _) {
        return;
      }
    }
  }

  /** What is in a folder, by name; nothing if it is not there. */
  static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> content = Files.list(folder)) {
      return content.sorted().toList();
    } catch (NoSuchFileException | NotDirectoryException _) {
      return List.of();
    }
  }

  /** Like {@link Files#createDirectories}, and survives a power cut. */
  private void makeFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path above = parent(folder);
    makeFolder(above);
    try {
      Files.createDirectory(folder);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    }
    sync(above);
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IllegalArgumentException("has no folder: " + path);
    }
    return parent;
  }
}
