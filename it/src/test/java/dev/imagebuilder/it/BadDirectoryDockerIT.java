package dev.imagebuilder.it;

/** Directories and Dockerfiles that make trouble, with a Docker Engine that somebody else runs. */
final class BadDirectoryDockerIT extends BadDirectoryContract {
  BadDirectoryDockerIT() {
    super("docker");
  }
}
