package dev.imagebuilder.core;

import java.nio.file.Path;

/** Port: moves images to registries. Manifests keep their bytes, so digests never change. */
public interface ImageTransfer {

  /**
   * Copies an image, or an index with all it names; mounts, or skips, what the target has already.
   *
   * @return the digest of the manifest at the target
   */
  Digest copy(ImageReference from, ImageReference to, RegistryCredentials credentials)
      throws RegistryException, CredentialException, InterruptedException;

  /**
   * Pushes the one image of an OCI image layout.
   *
   * @param layout a folder with {@code index.json} and {@code blobs/}
   * @param to by digest alone if it has no tag
   * @return the digest of the manifest at the target
   */
  Digest pushLayout(Path layout, ImageReference to, RegistryCredentials credentials)
      throws RegistryException, CredentialException, InterruptedException;
}
