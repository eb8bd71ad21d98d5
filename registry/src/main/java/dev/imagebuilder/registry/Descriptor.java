package dev.imagebuilder.registry;

import dev.imagebuilder.core.Digest;

/**
 * Names content: OCI image-spec, descriptor.md.
 *
 * @param size bytes
 */
record Descriptor(Digest digest, long size, String mediaType) {
  Descriptor {
    if (size < 0) {
      throw new IllegalArgumentException("negative size of " + digest);
    }
  }

  boolean isManifest() {
    return MediaTypes.IMAGES.contains(mediaType) || MediaTypes.INDEXES.contains(mediaType);
  }

  /** True for a layer that its owner serves and nobody copies, such as those of Windows. */
  boolean isForeign() {
    return mediaType.startsWith("application/vnd.docker.image.rootfs.foreign.")
        || mediaType.startsWith("application/vnd.oci.image.layer.nondistributable.");
  }
}
