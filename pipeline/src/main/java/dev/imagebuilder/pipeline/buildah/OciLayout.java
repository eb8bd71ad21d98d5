package dev.imagebuilder.pipeline.buildah;

import dev.imagebuilder.core.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes an OCI image layout of what Buildah writes in Docker's format. Only the manifest's media
 * types change; the configuration keeps what OCI has no words for (SHELL, HEALTHCHECK, ONBUILD), as
 * BuildKit does it, too.
 */
final class OciLayout {
  private static final Map<String, String> TYPES =
      Map.of(
          "application/vnd.docker.distribution.manifest.v2+json",
          "application/vnd.oci.image.manifest.v1+json",
          "application/vnd.docker.container.image.v1+json",
          "application/vnd.oci.image.config.v1+json",
          "application/vnd.docker.image.rootfs.diff.tar.gzip",
          "application/vnd.oci.image.layer.v1.tar+gzip",
          "application/vnd.docker.image.rootfs.diff.tar",
          "application/vnd.oci.image.layer.v1.tar");

  private OciLayout() {}

  /**
   * Makes the layout.
   *
   * @param written a folder with {@code manifest.json} and blobs named by their hex digests; the
   *     blobs are moved
   * @param layout does not exist
   */
  static void make(Path written, Path layout) throws IOException {
    Path blobs = Files.createDirectories(layout.resolve("blobs/sha256"));
    JsonMapper json = JsonMapper.shared();
    ObjectNode manifest =
        (ObjectNode) json.readTree(Files.readAllBytes(written.resolve("manifest.json")));
    retype(manifest);
    retype((ObjectNode) manifest.required("config"));
    move(manifest.required("config"), written, blobs);
    for (JsonNode layer : (ArrayNode) manifest.required("layers")) {
      retype((ObjectNode) layer);
      move(layer, written, blobs);
    }
    byte[] bytes = json.writeValueAsBytes(manifest);
    Digest digest = Digest.of(bytes);
    Files.write(blobs.resolve(digest.hex()), bytes);
    ObjectNode index = json.createObjectNode().put("schemaVersion", 2);
    index
        .putArray("manifests")
        .addObject()
        .put("mediaType", manifest.required("mediaType").asString())
        .put("digest", digest.toString())
        .put("size", bytes.length);
    Files.write(layout.resolve("index.json"), json.writeValueAsBytes(index));
    Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
  }

  private static void retype(ObjectNode node) {
    String type = node.required("mediaType").asString();
    node.put("mediaType", TYPES.getOrDefault(type, type));
  }

  private static void move(JsonNode descriptor, Path written, Path blobs) throws IOException {
    String hex = Digest.parse(descriptor.required("digest").asString()).hex();
    Path target = blobs.resolve(hex);
    // Equal layers are one file.
    if (!Files.exists(target)) {
      Files.move(written.resolve(hex), target);
    }
  }
}
