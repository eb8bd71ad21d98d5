package dev.imagebuilder.pipeline.buildah;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How Buildah is run.
 *
 * @param workDir for Buildah's storage and the builds' files; one engine's own
 * @param network of RUN steps
 * @param plainHttpHosts registries that are asked without TLS, with their ports; loopback ones may
 *     be without being named
 * @param authorities PEM files of further authorities to trust
 * @param maxCacheBytes how large the storage may grow before it is emptied
 * @param maxCacheAge how old a cached step may be to be used
 * @param environment where PATH, the proxies and the system's authorities are read from
 */
public record BuildahOptions(
    Path workDir,
    StepNetwork network,
    Set<String> plainHttpHosts,
    List<Path> authorities,
    long maxCacheBytes,
    Duration maxCacheAge,
    Map<String, String> environment) {

  public BuildahOptions {
    plainHttpHosts = Set.copyOf(plainHttpHosts);
    authorities = List.copyOf(authorities);
    environment = Map.copyOf(environment);
  }

  /** 20 GiB of storage, steps cached for a week, the network chosen by what the machine has. */
  public static BuildahOptions defaults(Path workDir) {
    return new BuildahOptions(
        workDir,
        StepNetwork.AUTO,
        Set.of(),
        List.of(),
        20L << 30,
        Duration.ofDays(7),
        System.getenv());
  }

  /** The same with another network for RUN steps. */
  public BuildahOptions withNetwork(StepNetwork other) {
    return new BuildahOptions(
        workDir, other, plainHttpHosts, authorities, maxCacheBytes, maxCacheAge, environment);
  }

  /** The same with what the installation knows of its registries. */
  public BuildahOptions withRegistries(Set<String> plainHttp, List<Path> trusted) {
    return new BuildahOptions(
        workDir, network, plainHttp, trusted, maxCacheBytes, maxCacheAge, environment);
  }

  /** Names the variables, whose values may be secret. */
  @Override
  public String toString() {
    return "BuildahOptions[workDir="
        + workDir
        + ", network="
        + network
        + ", environment="
        + new TreeMap<>(environment).keySet()
        + "]";
  }
}
