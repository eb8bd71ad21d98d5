package dev.imagebuilder.devregistry;

import dev.imagebuilder.core.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * Blobs that are there.
 *
 * @see "OCI distribution-spec v1.1, Pulling blobs; Deleting blobs"
 */
final class BlobHandler {
  private final BlobStore blobs;

  BlobHandler(Storage storage) {
    this.blobs = storage.blobs();
  }

  void handle(Call call, RepositoryName name, Digest digest) throws IOException, Refusal {
    switch (call.method()) {
      case "GET", "HEAD" -> send(call, name, digest);
      case "DELETE" -> {
        if (!blobs.delete(name, digest)) {
          throw Refusal.unknownBlob(name, digest);
        }
        call.answer(202);
      }
      default -> throw Refusal.method(call.method());
    }
  }

  private void send(Call call, RepositoryName name, Digest digest) throws IOException, Refusal {
    long size = blobs.size(name, digest).orElseThrow(() -> Refusal.unknownBlob(name, digest));
    try (FileChannel content =
        blobs.open(name, digest).orElseThrow(() -> Refusal.unknownBlob(name, digest))) {
      call.with("Docker-Content-Digest", digest.toString())
          .with("Content-Type", "application/octet-stream")
          .with("Accept-Ranges", "bytes");
      ByteRange whole = new ByteRange(0, size - 1);
      Optional<ByteRange> part = part(call, size);
      if (part.isPresent()) {
        call.with(
            "Content-Range", "bytes " + part.get().first() + "-" + part.get().last() + "/" + size);
        call.answer(206, content, part.get());
      } else {
        call.answer(200, content, whole);
      }
    }
  }

  private static Optional<ByteRange> part(Call call, long size) throws Refusal {
    Optional<String> header = call.isHead() ? Optional.empty() : call.header("Range");
    if (header.isEmpty()) {
      return Optional.empty();
    }
    try {
      return ByteRange.wanted(header.get(), size);
    } catch (Refusal e) {
      call.with("Content-Range", "bytes */" + size);
      throw e;
    }
  }
}
