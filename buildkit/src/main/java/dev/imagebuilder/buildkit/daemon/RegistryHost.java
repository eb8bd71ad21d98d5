package dev.imagebuilder.buildkit.daemon;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a daemon reaches a registry.
 *
 * @param plainHttp whether it is spoken to without TLS
 * @param ca certificates in PEM form to trust for it, null for the system's alone
 * @param mirrors asked first, {@code host[:port]}
 */
public record RegistryHost(boolean plainHttp, @Nullable Path ca, List<String> mirrors) {
  public RegistryHost {
    mirrors = List.copyOf(mirrors);
  }
}
