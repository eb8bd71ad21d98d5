package dev.imagebuilder.devregistry;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.devregistry.ManifestStore.Stored;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Manifests by tag or digest.
 *
 * @see "OCI distribution-spec v1.1, Pulling manifests; Pushing manifests; Deleting manifests"
 */
final class ManifestHandler {
  /** What the spec wants every registry to take. */
  private static final int MAX_BYTES = 4 << 20;

  private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

  private final ManifestStore manifests;

  ManifestHandler(Storage storage) {
    this.manifests = storage.manifests();
  }

  void handle(Call call, RepositoryName name, String reference) throws IOException, Refusal {
    switch (call.method()) {
      case "GET", "HEAD" -> send(call, name, reference);
      case "PUT" -> put(call, name, reference);
      case "DELETE" -> delete(call, name, reference);
      default -> throw Refusal.method(call.method());
    }
  }

  private void send(Call call, RepositoryName name, String reference) throws IOException, Refusal {
    Digest digest = find(name, reference);
    Stored stored =
        manifests.get(name, digest).orElseThrow(() -> Refusal.unknownManifest(name, reference));
    call.with("Docker-Content-Digest", digest.toString());
    call.answer(200, stored.mediaType(), stored.bytes());
  }

  private void put(Call call, RepositoryName name, String reference) throws IOException, Refusal {
    boolean isTag = TAG.matcher(reference).matches();
    Optional<Digest> expected = isTag ? Optional.empty() : Optional.of(Target.digest(reference));
    byte[] bytes = call.body().readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw new Refusal(
          413, Refusal.Code.SIZE_INVALID, "a manifest has " + MAX_BYTES + " bytes at most");
    }
    Digest.Algorithm algorithm = expected.map(Digest::algorithm).orElse(Digest.Algorithm.SHA256);
    Digest digest = Digest.of(algorithm, algorithm.hasher().digest(bytes));
    if (expected.isPresent() && !expected.get().equals(digest)) {
      throw Refusal.badDigest("the manifest that came is " + digest + ", not " + reference);
    }
    Manifest manifest = Manifest.parse(bytes, call.header("Content-Type").orElse(""));
    manifests.put(name, digest, new Stored(manifest.mediaType(), bytes), manifest);
    if (isTag) {
      manifests.tag(name, reference, digest);
    }
    manifest.about().ifPresent(subject -> call.with("OCI-Subject", subject.toString()));
    call.with("Location", "/v2/" + name + "/manifests/" + reference)
        .with("Docker-Content-Digest", digest.toString())
        .answer(201);
  }

  private void delete(Call call, RepositoryName name, String reference)
      throws IOException, Refusal {
    boolean isThere =
        TAG.matcher(reference).matches()
            ? manifests.untag(name, reference)
            : manifests.delete(name, Target.digest(reference));
    if (!isThere) {
      throw Refusal.unknownManifest(name, reference);
    }
    call.answer(202);
  }

  private Digest find(RepositoryName name, String reference) throws IOException, Refusal {
    if (reference.indexOf(':') >= 0) {
      return Target.digest(reference);
    }
    Optional<Digest> tagged =
        TAG.matcher(reference).matches() ? manifests.tagged(name, reference) : Optional.empty();
    return tagged.orElseThrow(() -> Refusal.unknownManifest(name, reference));
  }
}
