package dev.imagebuilder.registry;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.Repository;
import java.util.Optional;

/** Where an image is taken from. */
interface ImageSource {

  /** The manifest that everything hangs on. */
  Manifest root() throws RegistryException, InterruptedException;

  /** A manifest that another one lists. */
  Manifest manifest(Digest digest) throws RegistryException, InterruptedException;

  /** A blob, not opened yet; opening it may fail. */
  Content blob(Descriptor blob);

  /** The repository that it is in; empty if it is in none. */
  Optional<Repository> repository();
}
