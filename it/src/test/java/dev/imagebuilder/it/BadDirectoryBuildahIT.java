package dev.imagebuilder.it;

/** Directories and Dockerfiles that make trouble, with Buildah. */
final class BadDirectoryBuildahIT extends BadDirectoryContract {
  BadDirectoryBuildahIT() {
    super("buildah");
  }
}
