package dev.imagebuilder.it;

/** Directories and Dockerfiles that make trouble, with a buildkitd of the service's own. */
final class BadDirectoryBuildkitIT extends BadDirectoryContract {
  BadDirectoryBuildkitIT() {
    super("buildkit");
  }
}
