package dev.imagebuilder.registry;

import java.util.Map;

/**
 * How registries are reached.
 *
 * @param hosts by the domain of a reference ({@code docker.io}, {@code localhost:5000})
 */
public record RegistryOptions(Map<String, HostOptions> hosts) {

  public RegistryOptions {
    hosts = Map.copyOf(hosts);
  }

  /** Every registry by {@link HostOptions#DEFAULTS}. */
  public static RegistryOptions defaults() {
    return new RegistryOptions(Map.of());
  }

  HostOptions host(String domain) {
    return hosts.getOrDefault(domain, HostOptions.DEFAULTS);
  }
}
