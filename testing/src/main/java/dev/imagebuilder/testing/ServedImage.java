package dev.imagebuilder.testing;

import dev.imagebuilder.core.Digest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A registry that can be read from, and knows one image by every name. */
final class ServedImage implements Answer {
  private final TestImage root;
  private final Map<String, TestImage> manifests = new HashMap<>();
  private final Map<String, byte[]> blobs = new HashMap<>();

  ServedImage(TestImage root) {
    this.root = root;
    add(root);
  }

  @Override
  public Reply to(Request request) {
    String path = request.path();
    String name = path.substring(path.lastIndexOf('/') + 1);
    boolean isRead = request.method().equals("GET") || request.method().equals("HEAD");
    if (isRead && path.contains("/manifests/")) {
      TestImage found = name.contains(":") ? manifests.get(name) : root;
      return found == null ? Reply.error(404, "MANIFEST_UNKNOWN") : manifest(found);
    }
    Optional<byte[]> blob = Optional.ofNullable(blobs.get(name));
    return isRead && blob.isPresent()
        ? Reply.of(200, "application/octet-stream", blob.get())
        : Reply.error(404, "BLOB_UNKNOWN");
  }

  private static Reply manifest(TestImage image) {
    return Reply.of(200, image.mediaType(), image.manifest())
        .with("Docker-Content-Digest", image.digest().toString());
  }

  private void add(TestImage image) {
    manifests.put(image.digest().toString(), image);
    for (Map.Entry<Digest, byte[]> blob : image.blobs().entrySet()) {
      blobs.put(blob.getKey().toString(), blob.getValue());
    }
    image.children().forEach(this::add);
  }
}
