package dev.imagebuilder.devregistry;

import dev.imagebuilder.core.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a manifest's bytes say, as far as a registry cares.
 *
 * @param blobs the configuration and the layers, without those that are to be had elsewhere only
 * @param children the manifests that an index lists
 * @param subject digest of the manifest that it is about
 * @param artifactType empty if there is none
 * @see "OCI image-spec, manifest.md and image-index.md; Docker image manifest version 2, schema 2"
 */
record Manifest(
    String mediaType,
    List<Digest> blobs,
    List<Digest> children,
    @Nullable Digest subject,
    String artifactType,
    Map<String, String> annotations) {
  /** The media type of an index, also of the list of referrers. */
  static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";

  private static final List<String> IMAGES =
      List.of(
          "application/vnd.oci.image.manifest.v1+json",
          "application/vnd.docker.distribution.manifest.v2+json");
  private static final List<String> INDEXES =
      List.of(OCI_INDEX, "application/vnd.docker.distribution.manifest.list.v2+json");
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /**
   * Reads and checks a manifest.
   *
   * @param contentType as the client says, parameters and all; empty if it says none
   * @throws Refusal if the bytes are not a manifest of a known type that fits the content type
   */
  static Manifest parse(byte[] bytes, String contentType) throws Refusal {
    JsonNode json = json(bytes);
    String said = contentType.split(";", 2)[0].strip();
    String own = json.path("mediaType").stringValue("");
    String type = said.isEmpty() ? own : said;
    if (!own.isEmpty() && !own.equals(type)) {
      throw Refusal.badManifest("sent as " + type + " but its mediaType is " + own);
    }
    if (json.path("schemaVersion").intValue(0) != 2) {
      throw Refusal.badManifest("schemaVersion is not 2");
    }
    if (IMAGES.contains(type)) {
      return image(json, type);
    }
    if (INDEXES.contains(type)) {
      return index(json, type);
    }
    throw Refusal.badManifest("not a type of manifest that is kept here: " + type);
  }

  /** The subject, if there is one. */
  Optional<Digest> about() {
    return Optional.ofNullable(subject);
  }

  private static Manifest image(JsonNode json, String type) throws Refusal {
    if (!json.path("config").isObject() || !json.path("layers").isArray()) {
      throw Refusal.badManifest("an image manifest has a config and layers");
    }
    if (json.has("manifests")) {
      throw Refusal.badManifest("an image manifest has no manifests");
    }
    List<Digest> blobs = new ArrayList<>();
    blobs.add(digest(json.path("config")));
    for (JsonNode layer : json.path("layers")) {
      if (layer.path("urls").isEmpty()) {
        blobs.add(digest(layer));
      }
    }
    String artifactType =
        json.path("artifactType")
            .stringValue(json.path("config").path("mediaType").stringValue(""));
    return new Manifest(type, blobs, List.of(), subject(json), artifactType, annotations(json));
  }

  private static Manifest index(JsonNode json, String type) throws Refusal {
    if (!json.path("manifests").isArray()) {
      throw Refusal.badManifest("an index has manifests");
    }
    if (json.has("layers") || json.has("config")) {
      throw Refusal.badManifest("an index has neither config nor layers");
    }
    List<Digest> children = new ArrayList<>();
    for (JsonNode child : json.path("manifests")) {
      children.add(digest(child));
    }
    String artifactType = json.path("artifactType").stringValue("");
    return new Manifest(type, List.of(), children, subject(json), artifactType, annotations(json));
  }

  private static JsonNode json(byte[] bytes) throws Refusal {
    try {
      JsonNode json = JSON.readTree(bytes);
      if (!json.isObject()) {
        throw Refusal.badManifest("not a JSON object");
      }
      return json;
    } catch (JacksonException e) {
      throw Refusal.badManifest("not JSON: " + e.getOriginalMessage());
    }
  }

  private static @Nullable Digest subject(JsonNode json) throws Refusal {
    return json.hasNonNull("subject") ? digest(json.path("subject")) : null;
  }

  private static Digest digest(JsonNode descriptor) throws Refusal {
    try {
      return Digest.parse(descriptor.path("digest").stringValue(""));
    } catch (IllegalArgumentException e) {
      throw Refusal.badManifest("a descriptor is " + e.getMessage());
    }
  }

  private static Map<String, String> annotations(JsonNode json) {
    Map<String, String> annotations = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> one : json.path("annotations").properties()) {
      annotations.put(one.getKey(), one.getValue().stringValue(""));
    }
    return annotations;
  }
}
