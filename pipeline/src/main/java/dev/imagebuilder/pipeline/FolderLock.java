package dev.imagebuilder.pipeline;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a folder for one process; the kernel gives it back when the process dies. */
public final class FolderLock implements AutoCloseable {
  private final FileChannel file;

  private FolderLock(FileChannel file) {
    this.file = file;
  }

  /**
   * Takes the folder, making it if need be.
   *
   * @param key the configuration key that names the folder, for the error
   * @throws IOException if another process has it, or the folder cannot be written
   */
  public static FolderLock take(Path folder, String key) throws IOException {
    Files.createDirectories(folder);
    FileChannel file =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (lock(file) == null) {
      file.close();
      throw new IOException(
          "use "
              + folder
              + ": another image-builder is using it. Stop that one, or give this one another "
              + key);
    }
    return new FolderLock(file);
  }

  /** Gives the folder back. */
  @Override
  public void close() throws IOException {
    file.close();
  }

  private static @Nullable FileLock lock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException _) {
      return null;
    }
  }
}
