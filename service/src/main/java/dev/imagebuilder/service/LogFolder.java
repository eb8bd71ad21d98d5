package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The folder of the log files, locked: a second process would remove the first one's logs. */
final class LogFolder implements AutoCloseable {
  private static final String SUFFIX = ".log";
  private final Path folder;
  private final FileChannel lock;

  private LogFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Makes the folder if need be, takes it, and removes what an earlier process left.
   *
   * @throws IOException if it cannot be written, or belongs to another process
   */
  static LogFolder open(Path folder) throws IOException {
    Files.createDirectories(folder);
    FileChannel lock =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (lock.tryLock() == null) {
        throw inUse(folder);
      }
      try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
        for (Path leftover : leftovers) {
          Files.delete(leftover);
        }
      }
      return new LogFolder(folder, lock);
    } catch (OverlappingFileLockException _) {
      lock.close();
      throw inUse(folder);
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  /** Where a build's log goes. */
  Path fileOf(BuildId id) {
    return folder.resolve(id + SUFFIX);
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }

  private static IOException inUse(Path folder) {
    return new IOException(
        "the folder for logs is used by another running service: " + folder + "; stop that first");
  }
}
