package dev.imagebuilder.registry;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.core.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A manifest or an index. Its bytes are the truth; what they say is read when somebody asks. */
final class Manifest {
  /** SPEC 6.1, step 2. */
  static final int LARGEST = 4 << 20;

  private final byte[] bytes;
  private final String givenMediaType;
  private final Digest digest;
  private @Nullable JsonNode parsed;

  /**
   * Takes bytes that were found to hash to the digest.
   *
   * @param givenMediaType as the registry, or a descriptor, says; empty if it does not
   */
  Manifest(byte[] bytes, String givenMediaType, Digest digest) {
    this.bytes = bytes.clone();
    this.givenMediaType = givenMediaType;
    this.digest = digest;
  }

  byte[] bytes() {
    return bytes.clone();
  }

  int size() {
    return bytes.length;
  }

  Digest digest() {
    return digest;
  }

  /**
   * The type that it was served with, or else the one that it says it has, or else that of its
   * structure.
   *
   * @throws Malformed if the two differ: what one reader takes for an image is an index for another
   * @see "CVE-2021-41190"
   */
  String mediaType() throws Malformed {
    String own = json().path("mediaType").asString("");
    boolean isGivenKnown =
        MediaTypes.IMAGES.contains(givenMediaType) || MediaTypes.INDEXES.contains(givenMediaType);
    if (!own.isEmpty() && isGivenKnown && !own.equals(givenMediaType)) {
      throw new Malformed("served as " + givenMediaType + ", but says it is another type");
    }
    if (isGivenKnown) {
      return givenMediaType;
    }
    if (!own.isEmpty()) {
      return own;
    }
    return isIndex() ? MediaTypes.OCI_INDEX : MediaTypes.OCI_IMAGE;
  }

  /** True if it has a configuration, as only images do (SPEC 6.1, step 4). */
  boolean isImage() throws Malformed {
    return json().path("config").path("size").asLong(0) != 0;
  }

  /** True if it lists manifests. */
  boolean isIndex() throws Malformed {
    boolean lists = json().path("manifests").isArray();
    if (lists && (json().has("layers") || json().has("config"))) {
      throw new Malformed("is an index and an image at once");
    }
    return lists;
  }

  /** The first entry of an index for a platform; entries without a platform are passed over. */
  Optional<Digest> entryFor(Platform platform) throws Malformed {
    for (JsonNode entry : json().path("manifests")) {
      JsonNode its = entry.path("platform");
      Platform of =
          new Platform(
              its.path("os").asString(""),
              its.path("architecture").asString(""),
              its.path("variant").asString(""));
      if (of.matches(platform)) {
        return Optional.of(descriptor(entry).digest());
      }
    }
    return Optional.empty();
  }

  /** What an index lists, which are manifests as a rule. */
  List<Descriptor> entries() throws Malformed {
    return descriptors(json().path("manifests"));
  }

  /** Configuration and layers of an image. */
  List<Descriptor> blobs() throws Malformed {
    if (!json().has("config")) {
      throw new Malformed("is neither an image nor an index (schema 1 is not supported)");
    }
    List<Descriptor> blobs = new ArrayList<>(List.of(descriptor(json().path("config"))));
    blobs.addAll(descriptors(json().path("layers")));
    return blobs;
  }

  private JsonNode json() throws Malformed {
    JsonNode root = parsed;
    if (root == null) {
      try {
        root = JsonMapper.shared().readTree(bytes);
      } catch (JacksonException e) {
        var at = e.getLocation();
        throw new Malformed(
            "not JSON"
                + (at == null
                    ? ""
                    : " at line " + at.getLineNr() + ", column " + at.getColumnNr()));
      }
      if (!root.isObject()) {
        throw new Malformed("not a JSON object");
      }
      parsed = root;
    }
    return root;
  }

  private static List<Descriptor> descriptors(JsonNode nodes) throws Malformed {
    List<Descriptor> all = new ArrayList<>();
    for (JsonNode node : nodes) {
      all.add(descriptor(node));
    }
    return all;
  }

  private static Descriptor descriptor(JsonNode node) throws Malformed {
    try {
      return new Descriptor(
          Digest.parse(node.path("digest").asString("")),
          node.path("size").asLong(-1),
          node.path("mediaType").asString(""));
    } catch (IllegalArgumentException e) {
      throw new Malformed(
          "has a bad descriptor: " + Printable.of(String.valueOf(e.getMessage()), 200));
    }
  }

  /** The bytes are not a manifest. */
  static final class Malformed extends Exception {
    Malformed(String why) {
      super(why);
    }
  }
}
