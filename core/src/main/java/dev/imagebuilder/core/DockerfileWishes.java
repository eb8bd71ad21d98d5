package dev.imagebuilder.core;

import java.util.Map;
import java.util.Optional;

/**
 * What a request may say about a Dockerfile's build beyond its place.
 *
 * @param stage the last stage to build; empty for the Dockerfile's last
 * @param buildArgs values of ARG by name; they end up in the image's history
 * @param labels of the image
 * @param platform of the image; empty for the engine's own
 * @param secrets files of {@code RUN --mount=type=secret} by id; in no layer and no record
 * @param cache whether layers of earlier builds may be used
 */
public record DockerfileWishes(
    String stage,
    Map<String, String> buildArgs,
    Map<String, String> labels,
    Optional<Platform> platform,
    Map<String, Secret> secrets,
    Cache cache) {

  /** None. */
  public static final DockerfileWishes NONE =
      new DockerfileWishes("", Map.of(), Map.of(), Optional.empty(), Map.of(), Cache.USED);

  public DockerfileWishes {
    buildArgs = Map.copyOf(buildArgs);
    labels = Map.copyOf(labels);
    secrets = Map.copyOf(secrets);
  }

  /** The same, but up to another stage. */
  public DockerfileWishes withStage(String other) {
    return new DockerfileWishes(other, buildArgs, labels, platform, secrets, cache);
  }

  /** The same with other values of ARG. */
  public DockerfileWishes withBuildArgs(Map<String, String> others) {
    return new DockerfileWishes(stage, others, labels, platform, secrets, cache);
  }

  /** The same with other labels. */
  public DockerfileWishes withLabels(Map<String, String> others) {
    return new DockerfileWishes(stage, buildArgs, others, platform, secrets, cache);
  }

  /** The same for a platform. */
  public DockerfileWishes withPlatform(Platform other) {
    return new DockerfileWishes(stage, buildArgs, labels, Optional.of(other), secrets, cache);
  }

  /** The same with other secrets. */
  public DockerfileWishes withSecrets(Map<String, Secret> others) {
    return new DockerfileWishes(stage, buildArgs, labels, platform, others, cache);
  }

  /** The same with or without cached layers. */
  public DockerfileWishes withCache(Cache other) {
    return new DockerfileWishes(stage, buildArgs, labels, platform, secrets, other);
  }

  /** Whether layers of earlier builds may be used. */
  public enum Cache {
    USED,
    BYPASSED
  }
}
