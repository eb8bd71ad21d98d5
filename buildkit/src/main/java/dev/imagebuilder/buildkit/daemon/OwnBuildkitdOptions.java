package dev.imagebuilder.buildkit.daemon;

import dev.imagebuilder.buildkit.StepNetwork;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How a buildkitd of our own runs.
 *
 * @param workDir for its storage, its configuration and its socket; one daemon's own
 * @param registries how registries are reached, by domain
 * @param frontends the images that a {@code # syntax=} line may name, as repositories without tag
 * @param network of RUN steps
 * @param maxCacheBytes how large its storage may grow before it removes the oldest
 * @param environment where PATH, the proxies and the system's authorities are read from
 */
public record OwnBuildkitdOptions(
    Path workDir,
    Map<String, RegistryHost> registries,
    Set<String> frontends,
    StepNetwork network,
    long maxCacheBytes,
    Map<String, String> environment) {
  private static final long STANDARD_CACHE = 20L << 30;

  public OwnBuildkitdOptions {
    registries = Map.copyOf(registries);
    frontends = Set.copyOf(frontends);
    environment = Map.copyOf(environment);
  }

  /** 20 GiB of storage, registries as they are, only Docker's own frontend. */
  public static OwnBuildkitdOptions defaults(Path workDir, Map<String, String> environment) {
    return new OwnBuildkitdOptions(
        workDir,
        Map.of(),
        Set.of("docker.io/docker/dockerfile"),
        StepNetwork.AUTO,
        STANDARD_CACHE,
        environment);
  }

  /** The same with what the installation knows of its registries. */
  public OwnBuildkitdOptions withRegistries(Map<String, RegistryHost> others) {
    return new OwnBuildkitdOptions(workDir, others, frontends, network, maxCacheBytes, environment);
  }

  /** The same with other frontends. */
  public OwnBuildkitdOptions withFrontends(Set<String> others) {
    return new OwnBuildkitdOptions(
        workDir, registries, others, network, maxCacheBytes, environment);
  }

  /** The same with another network for RUN steps. */
  public OwnBuildkitdOptions withNetwork(StepNetwork other) {
    return new OwnBuildkitdOptions(
        workDir, registries, frontends, other, maxCacheBytes, environment);
  }

  /** Names the variables, whose values may be secret. */
  @Override
  public String toString() {
    return "OwnBuildkitdOptions[workDir="
        + workDir
        + ", registries="
        + registries
        + ", frontends="
        + frontends
        + ", environment="
        + new TreeMap<>(environment).keySet()
        + "]";
  }
}
