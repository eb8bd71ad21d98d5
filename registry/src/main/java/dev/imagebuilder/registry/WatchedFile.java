package dev.imagebuilder.registry;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;

/**
 * A file whose folder is watched. What happens is noted by the system and looked at by whoever asks
 * next: no thread of ours waits for it.
 */
final class WatchedFile implements AutoCloseable {
  private final Path file;
  private final WatchService watch;

  /**
   * Begins to watch.
   *
   * @throws IOException if the folder cannot be watched
   */
  WatchedFile(Path file) throws IOException {
    this.file = file.toAbsolutePath();
    Path folder = this.file.getParent();
    if (folder == null) {
      throw new IOException("has no folder");
    }
    this.watch = folder.getFileSystem().newWatchService();
    try {
      // Kubernetes replaces a link in the folder; a write in place may be half done.
      folder.register(
          watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** True if something came to or left the folder since this was asked last; never once closed. */
  boolean mayHaveChanged() {
    boolean hasChanged = false;
    try {
      for (WatchKey key = watch.poll(); key != null; key = watch.poll()) {
        hasChanged |= !key.pollEvents().isEmpty();
        key.reset();
      }
    } catch (ClosedWatchServiceException _) {
      return false;
    }
    return hasChanged;
  }

  /** The whole content, as it is now. */
  byte[] read() throws IOException {
    return Files.readAllBytes(file);
  }

  @Override
  public void close() {
    try {
      watch.close();
    } catch (IOException e) {
      throw new IllegalStateException("nothing is written when a watch is closed", e);
    }
  }
}
