package dev.imagebuilder.core;

/** Port: asks registries about images. */
public interface Images {

  /**
   * Looks a reference up and, where it names an index, chooses the platform's entry (SPEC 6.1).
   *
   * @return {@code domain/path@digest} of the image manifest, never with a tag
   * @throws RegistryException if it is not there, or the registry did not say
   */
  ImageReference resolve(ImageReference reference, Credential credential, Attempts attempts)
      throws RegistryException, InterruptedException;
}
