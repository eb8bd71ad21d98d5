package dev.imagebuilder.devregistry;

import dev.imagebuilder.core.Digest;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Blobs on their way in.
 *
 * @see "OCI distribution-spec v1.1, Pushing blobs; Mounting a blob from another repository"
 */
final class UploadHandler {
  private final Uploads uploads;
  private final BlobStore blobs;
  private final long maxBlobBytes;

  UploadHandler(Storage storage, long maxBlobBytes) {
    this.uploads = storage.uploads();
    this.blobs = storage.blobs();
    this.maxBlobBytes = maxBlobBytes;
  }

  /** Begins an upload, or takes the whole blob, or mounts it. */
  void begin(Call call, RepositoryName name) throws IOException, Refusal, InterruptedException {
    if (!call.method().equals("POST")) {
      throw Refusal.method(call.method());
    }
    Optional<String> mount = call.query("mount");
    Optional<String> from = call.query("from");
    if (mount.isPresent() && from.isPresent()) {
      Digest digest = Target.digest(mount.get());
      if (blobs.mount(RepositoryName.parse(from.get()), name, digest)) {
        created(call, name, digest);
        return;
      }
    }
    Optional<String> whole = call.query("digest");
    if (whole.isPresent()) {
      Digest digest = Target.digest(whole.get());
      finish(call, uploads.begin(name), digest);
    } else {
      accepted(call, uploads.begin(name));
    }
  }

  /** Goes on with an upload. */
  void resume(Call call, RepositoryName name, String id)
      throws IOException, Refusal, InterruptedException {
    Upload upload = uploads.get(name, id);
    switch (call.method()) {
      case "GET" -> state(call, upload).answer(204);
      case "PATCH" -> {
        append(call, upload);
        accepted(call, upload);
      }
      case "PUT" -> {
        Digest digest =
            Target.digest(
                call.query("digest")
                    .orElseThrow(() -> Refusal.badDigest("the parameter digest is missing")));
        finish(call, upload, digest);
      }
      case "DELETE" -> {
        try (Upload.Held _ = uploads.hold(upload)) {
          uploads.cancel(upload);
        }
        call.answer(204);
      }
      default -> throw Refusal.method(call.method());
    }
  }

  private void append(Call call, Upload upload) throws IOException, Refusal, InterruptedException {
    try (Upload.Held _ = uploads.hold(upload)) {
      receive(call, upload);
    }
  }

  private void finish(Call call, Upload upload, Digest digest)
      throws IOException, Refusal, InterruptedException {
    try (Upload.Held _ = uploads.hold(upload)) {
      receive(call, upload);
      uploads.finish(upload, digest);
    }
    created(call, upload.repository(), digest);
  }

  private void receive(Call call, Upload upload) throws IOException, Refusal {
    OptionalLong announced = call.announced();
    Optional<String> header = call.header("Content-Range");
    if (header.isPresent()) {
      ByteRange range = ByteRange.sent(header.get());
      if (range.first() != upload.size()) {
        state(call, upload);
        throw new Refusal(
            416,
            Refusal.Code.BLOB_UPLOAD_INVALID,
            "the next byte must be " + upload.size() + ", not " + range.first());
      }
      if (announced.isPresent() && announced.getAsLong() != range.length()) {
        throw new Refusal(
            400,
            Refusal.Code.SIZE_INVALID,
            "Content-Range says " + range.length() + " bytes, Content-Length says otherwise");
      }
    }
    if (announced.orElse(0) > maxBlobBytes - upload.size()) {
      throw new Refusal(
          413, Refusal.Code.SIZE_INVALID, "longer than this registry's " + maxBlobBytes + " bytes");
    }
    upload.append(call.body(), maxBlobBytes);
  }

  private static void accepted(Call call, Upload upload) throws IOException {
    state(call, upload).answer(202);
  }

  private static void created(Call call, RepositoryName name, Digest digest) throws IOException {
    call.with("Location", "/v2/" + name + "/blobs/" + digest)
        .with("Docker-Content-Digest", digest.toString())
        .answer(201);
  }

  private static Call state(Call call, Upload upload) {
    return call.with("Location", "/v2/" + upload.repository() + "/blobs/uploads/" + upload.id())
        .with("Docker-Upload-UUID", upload.id())
        .with("Range", "0-" + Math.max(0, upload.size() - 1));
  }
}
