package dev.imagebuilder.devregistry;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Everything in a registry's folder, which is this process's alone until it is closed. */
final class Storage implements AutoCloseable {
  private final FileChannel lock;
  private final Layout layout;
  private final Disk disk;
  private final BlobStore blobs;
  private final ManifestStore manifests;
  private final Uploads uploads;

  private Storage(FileChannel lock, Layout layout, InstantSource clock) throws IOException {
    this.lock = lock;
    this.layout = layout;
    this.disk = Disk.open(layout);
    this.blobs = new BlobStore(disk, layout);
    this.manifests = new ManifestStore(disk, layout, blobs);
    this.uploads = new Uploads(disk, blobs, clock);
  }

  /**
   * Opens a folder and clears it of what an earlier process left unfinished.
   *
   * @throws IOException also if another registry uses it
   */
  static Storage open(Path folder, InstantSource clock) throws IOException {
    Files.createDirectories(folder);
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (tryLock(channel) == null) {
        throw new IOException(
            "another registry uses " + folder + ": stop it, or choose another folder");
      }
      return new Storage(channel, new Layout(folder), clock);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  Layout layout() {
    return layout;
  }

  Disk disk() {
    return disk;
  }

  BlobStore blobs() {
    return blobs;
  }

  ManifestStore manifests() {
    return manifests;
  }

  Uploads uploads() {
    return uploads;
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException _) {
      return null;
    }
  }
}
