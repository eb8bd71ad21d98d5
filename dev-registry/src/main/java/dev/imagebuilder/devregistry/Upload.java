package dev.imagebuilder.devregistry;

import dev.imagebuilder.core.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A blob that is coming in. What arrived before a connection broke is kept, so that the client can
 * go on from there. One request at a time {@linkplain Uploads#hold holds} it and may call the rest.
 */
final class Upload {
  private static final int BUFFER = 128 * 1024;
  private static final long HOLD_SECONDS = 10;

  private final String id;
  private final RepositoryName repository;
  private final Path file;
  private final InstantSource clock;
  private final MessageDigest hash = Digest.Algorithm.SHA256.hasher();
  private final ReentrantLock holder = new ReentrantLock();
  private volatile long size;
  private volatile Instant lastNews;

  Upload(String id, RepositoryName repository, Path file, InstantSource clock) {
    this.id = id;
    this.repository = repository;
    this.file = file;
    this.clock = clock;
    this.lastNews = clock.instant();
  }

  String id() {
    return id;
  }

  RepositoryName repository() {
    return repository;
  }

  Path file() {
    return file;
  }

  /** Bytes that have arrived. */
  long size() {
    return size;
  }

  /** When the last bytes arrived. */
  Instant lastNews() {
    return lastNews;
  }

  /** Waits a little for the request that holds it now, then refuses; {@link Uploads#hold}. */
  Held hold() throws Refusal, InterruptedException {
    if (!holder.tryLock(HOLD_SECONDS, TimeUnit.SECONDS)) {
      throw new Refusal(
          409, Refusal.Code.BLOB_UPLOAD_INVALID, "another request still writes to this upload");
    }
    return holder::unlock;
  }

  /**
   * Adds all of the stream.
   *
   * @param limit the whole upload's, in bytes
   * @return how many bytes were added
   */
  long append(InputStream in, long limit) throws IOException, Refusal {
    long before = size;
    long after = before;
    byte[] buffer = new byte[BUFFER];
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (after + n > limit) {
          throw new Refusal(
              413, Refusal.Code.SIZE_INVALID, "longer than this registry's " + limit + " bytes");
        }
        write(out, ByteBuffer.wrap(buffer, 0, n), after);
        hash.update(buffer, 0, n);
        after += n;
        size = after;
        lastNews = clock.instant();
      }
      // What a failed write may have left behind the last good byte.
      out.truncate(after);
    }
    return after - before;
  }

  /** The digest of all bytes; nothing can be added afterwards. */
  Digest digest(Digest.Algorithm algorithm) throws IOException {
    if (algorithm == Digest.Algorithm.SHA256) {
      return Digest.of(algorithm, hash.digest());
    }
    MessageDigest other = algorithm.hasher();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        other.update(buffer, 0, n);
      }
    }
    return Digest.of(algorithm, other.digest());
  }

  private static void write(FileChannel out, ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += out.write(bytes, at);
    }
  }

  /** Gives the upload back. */
  interface Held extends AutoCloseable {
    @Override
    void close();
  }
}
