package dev.imagebuilder.registry;

import java.util.List;
import java.util.Set;

/**
 * Media types of manifests: OCI image-spec, media-types.md; Docker image manifest V 2, schema 2.
 */
final class MediaTypes {
  static final String OCI_IMAGE = "application/vnd.oci.image.manifest.v1+json";
  static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
  static final String DOCKER_IMAGE = "application/vnd.docker.distribution.manifest.v2+json";
  static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

  static final Set<String> IMAGES = Set.of(OCI_IMAGE, DOCKER_IMAGE);
  static final Set<String> INDEXES = Set.of(OCI_INDEX, DOCKER_LIST);

  /** SPEC 6.1, step 2, in its order. */
  static final String ACCEPT =
      String.join(", ", List.of(DOCKER_IMAGE, DOCKER_LIST, OCI_IMAGE, OCI_INDEX, "*/*"));

  private MediaTypes() {}
}
