package dev.imagebuilder.core;

/**
 * Where images of one name live: the registry's domain with its port, and the path in it, both in
 * normalised form ({@code docker.io} and {@code library/alpine}).
 */
public record Repository(String domain, String path) {

  /** Docker Hub's name in references. */
  public static final String DOCKER_HUB = "docker.io";

  /** {@code domain/path}. */
  @Override
  public String toString() {
    return domain + "/" + path;
  }
}
