package dev.imagebuilder.testing;

import dev.imagebuilder.core.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An image or an index as bytes, with everything it refers to. */
public final class TestImage {
  /** {@code application/vnd.oci.image.manifest.v1+json}. */
  public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  /** {@code application/vnd.oci.image.index.v1+json}. */
  public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";

  /** {@code application/vnd.docker.distribution.manifest.v2+json}. */
  public static final String DOCKER_MANIFEST =
      "application/vnd.docker.distribution.manifest.v2+json";

  /** {@code application/vnd.docker.distribution.manifest.list.v2+json}. */
  public static final String DOCKER_LIST =
      "application/vnd.docker.distribution.manifest.list.v2+json";

  /** All of these. */
  public static final List<String> MEDIA_TYPES =
      List.of(OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST);

  private final String mediaType;
  private final byte[] manifest;
  private final Map<Digest, byte[]> blobs;
  private final List<TestImage> children;

  private TestImage(
      String mediaType, byte[] manifest, Map<Digest, byte[]> blobs, List<TestImage> children) {
    this.mediaType = mediaType;
    this.manifest = manifest;
    this.blobs = Collections.unmodifiableMap(new LinkedHashMap<>(blobs));
    this.children = List.copyOf(children);
  }

  /** An image of blobs. */
  static TestImage image(String mediaType, byte[] manifest, Map<Digest, byte[]> blobs) {
    return new TestImage(mediaType, manifest, blobs, List.of());
  }

  /** An index of images. */
  static TestImage index(String mediaType, byte[] manifest, List<TestImage> children) {
    return new TestImage(mediaType, manifest, Map.of(), children);
  }

  /** The manifest's media type. */
  public String mediaType() {
    return mediaType;
  }

  /** The manifest's bytes. */
  public byte[] manifest() {
    return manifest.clone();
  }

  /** The manifest's digest. */
  public Digest digest() {
    return Digest.of(manifest);
  }

  /** The configuration, then the layers; empty for an index. */
  public Map<Digest, byte[]> blobs() {
    return blobs;
  }

  /** What an index lists, in its order; empty for an image. */
  public List<TestImage> children() {
    return children;
  }

  /**
   * Writes it as an OCI image layout whose index names this alone.
   *
   * @return the folder
   */
  public Path writeLayout(Path folder) throws IOException {
    Path files = Files.createDirectories(folder.resolve("blobs/sha256"));
    write(files);
    Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.writeString(
        folder.resolve("index.json"),
        "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}]}"
            .formatted(mediaType, digest(), manifest.length));
    return folder;
  }

  private void write(Path files) throws IOException {
    Files.write(files.resolve(digest().hex()), manifest);
    for (Map.Entry<Digest, byte[]> blob : blobs.entrySet()) {
      Files.write(files.resolve(blob.getKey().hex()), blob.getValue());
    }
    for (TestImage child : children) {
      child.write(files);
    }
  }
}
