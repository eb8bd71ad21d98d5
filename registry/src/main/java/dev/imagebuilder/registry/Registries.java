package dev.imagebuilder.registry;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.ImageTransfer;
import dev.imagebuilder.core.Images;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.core.RegistryCredentials;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.net.NetworkException;
import java.nio.file.Path;

/**
 * All registries, reached through one network. Thread-safe; close it when nothing runs any more.
 */
public final class Registries implements AutoCloseable {

  /**
   * Prepares the clients; connects to nothing.
   *
   * @throws NetworkException if the certificates of a host cannot be read
   */
  public Registries(RegistryOptions options, Network network) throws NetworkException {
    for (HostOptions host : options.hosts().values()) {
      if (host.ca() != null) {
        network.withCa(host.ca());
      }
    }
  }

  /** Looks images up for a platform. */
  public Images images(Platform platform) {
    return (_, _, _) -> {
      throw new UnsupportedOperationException("first commit: the shape only");
    };
  }

  /** Copies and pushes images. */
  public ImageTransfer transfer() {
    return new ImageTransfer() {
      @Override
      public Digest copy(ImageReference from, ImageReference to, RegistryCredentials credentials) {
        throw new UnsupportedOperationException("first commit: the shape only");
      }

      @Override
      public Digest pushLayout(Path layout, ImageReference to, RegistryCredentials credentials) {
        throw new UnsupportedOperationException("first commit: the shape only");
      }
    };
  }

  @Override
  public void close() {}
}
