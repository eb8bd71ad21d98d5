package dev.imagebuilder.server.config;

import java.util.List;

/** Which frontends a Dockerfile may ask for in its {@code # syntax=} line. */
public record FrontendsConfig(@Described("Repositories of frontend images.") List<String> allowed) {

  public FrontendsConfig {
    allowed = List.copyOf(allowed);
  }

  /** What holds for a group without any key. */
  public static FrontendsConfig defaults() {
    return new FrontendsConfig(List.of("docker.io/docker/dockerfile"));
  }
}
