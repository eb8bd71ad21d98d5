package dev.imagebuilder.pipeline;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder that only this user can enter, and that is gone with all it holds when closed. */
public final class PrivateFolder implements AutoCloseable {
  private final Path path;

  private PrivateFolder(Path path) {
    this.path = path;
  }

  /**
   * Makes an empty one, removing what was there under the name; makes the parent, too.
   *
   * @param name one path element
   */
  public static PrivateFolder create(Path parent, String name) throws IOException {
    var onlyUs = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Files.createDirectories(parent);
    Path path = parent.resolve(name);
    delete(path);
    Files.createDirectory(path, onlyUs);
    return new PrivateFolder(path);
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** A new folder in it. */
  public Path folder(String name) throws IOException {
    return Files.createDirectory(path.resolve(name));
  }

  /** Removes it. */
  @Override
  public void close() throws IOException {
    delete(path);
  }

  /** Removes a file or a folder with all it holds, never following a link; fine if not there. */
  public static void delete(Path tree) throws IOException {
    if (Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      Files.walkFileTree(tree, new Deleter());
    }
  }

  /** Removes all that a folder holds; fine if it is not there. */
  public static void empty(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.toList()) {
        delete(entry);
      }
    }
  }

  private static final class Deleter extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
        throws IOException {
      if (!Files.isWritable(dir) || !Files.isExecutable(dir)) {
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e)
        throws IOException {
      if (e != null) {
        throw e;
      }
      Files.deleteIfExists(dir);
      return FileVisitResult.CONTINUE;
    }
  }
}
