package dev.imagebuilder.pipeline;

import java.util.Set;

/**
 * What a pipeline allows.
 *
 * @param frontends the images that a Dockerfile's {@code # syntax=} line may name, as normalised
 *     repositories without tag: {@code docker.io/docker/dockerfile}
 * @param cache where layers are kept for other machines
 */
public record PipelineOptions(Set<String> frontends, CacheMode cache) {

  public PipelineOptions {
    frontends = Set.copyOf(frontends);
  }

  /** Only Docker's own frontend. */
  public static PipelineOptions defaults() {
    return new PipelineOptions(Set.of("docker.io/docker/dockerfile"), CacheMode.OFF);
  }

  /** Where an engine keeps layers beside its own store. */
  public enum CacheMode {
    OFF,
    INLINE,
    REGISTRY
  }
}
