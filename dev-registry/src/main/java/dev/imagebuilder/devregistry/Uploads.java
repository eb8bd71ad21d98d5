package dev.imagebuilder.devregistry;

import dev.imagebuilder.core.Digest;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The blobs that are coming in. They are known to this process only: after a restart clients begin
 * anew. Safe for any thread.
 */
final class Uploads {
  private final Disk disk;
  private final BlobStore blobs;
  private final InstantSource clock;
  private final Map<String, Upload> running = new ConcurrentHashMap<>();

  Uploads(Disk disk, BlobStore blobs, InstantSource clock) {
    this.disk = disk;
    this.blobs = blobs;
    this.clock = clock;
  }

  /** Begins one. */
  Upload begin(RepositoryName name) {
    String id = UUID.randomUUID().toString();
    Upload upload = new Upload(id, name, disk.newUnfinished(), clock);
    running.put(id, upload);
    return upload;
  }

  /**
   * Finds one.
   *
   * @throws Refusal if the repository has no such upload
   */
  Upload get(RepositoryName name, String id) throws Refusal {
    return Optional.ofNullable(running.get(id))
        .filter(upload -> upload.repository().equals(name))
        .orElseThrow(() -> unknown(name));
  }

  /**
   * Keeps other requests from an upload until the result is closed.
   *
   * @throws Refusal if another request does not let go of it, or has ended it
   */
  Upload.Held hold(Upload upload) throws Refusal, InterruptedException {
    Upload.Held held = upload.hold();
    if (running.containsKey(upload.id())) {
      return held;
    }
    held.close();
    throw unknown(upload.repository());
  }

  /**
   * Makes an upload a blob; the caller holds it. It is over in any case.
   *
   * @throws Refusal if its bytes have another digest
   */
  void finish(Upload upload, Digest expected) throws IOException, Refusal {
    try {
      Digest actual = upload.digest(expected.algorithm());
      if (!actual.equals(expected)) {
        throw Refusal.badDigest(
            "the " + upload.size() + " bytes that came are " + actual + ", not " + expected);
      }
      blobs.add(upload.repository(), expected, upload.file());
    } finally {
      cancel(upload);
    }
  }

  /** Forgets an upload and its bytes; the caller holds it. */
  void cancel(Upload upload) throws IOException {
    running.remove(upload.id());
    disk.remove(upload.file());
  }

  /** Forgets those without news since then; gives how many they were. */
  int expire(Instant since) throws IOException, InterruptedException {
    int expired = 0;
    for (Upload upload : running.values()) {
      if (upload.lastNews().isBefore(since)) {
        try (Upload.Held _ = hold(upload)) {
          cancel(upload);
          expired++;
        } catch (Refusal _) {
          // A request holds it still, or has just ended it.
        }
      }
    }
    return expired;
  }

  private static Refusal unknown(RepositoryName name) {
    return new Refusal(
        404,
        Refusal.Code.BLOB_UPLOAD_UNKNOWN,
        "no such upload in " + name + ", or it is over: begin a new one");
  }
}
