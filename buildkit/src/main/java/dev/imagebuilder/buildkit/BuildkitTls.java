package dev.imagebuilder.buildkit;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a daemon behind a port is known, and how it knows us. All files are PEM.
 *
 * @param ca who signed its certificate, null for the authorities of the JDK
 * @param certificate ours, null for none; then there is no key either
 * @param serverName the name in its certificate, empty for the host of the address
 */
public record BuildkitTls(
    @Nullable Path ca, @Nullable Path certificate, @Nullable Path key, String serverName) {

  public BuildkitTls {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException("a client's certificate and its key belong together");
    }
  }
}
