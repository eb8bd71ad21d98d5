package dev.imagebuilder.server.config;

import java.util.List;

/**
 * How one registry is reached.
 *
 * @param ca empty for the system's CAs alone
 */
public record RegistryConfig(
    @Described("Speak HTTP without TLS.") boolean plainHttp,
    @Described("File with further CA certificates for this registry, PEM.") String ca,
    @Described("Hosts or URLs that are asked first for its images, without credentials.")
        List<String> mirrors) {

  public RegistryConfig {
    mirrors = List.copyOf(mirrors);
  }

  /** What holds for a group without any key. */
  public static RegistryConfig defaults() {
    return new RegistryConfig(false, "", List.of());
  }
}
