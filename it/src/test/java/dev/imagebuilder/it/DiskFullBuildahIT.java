package dev.imagebuilder.it;

/** A small disk with Buildah. */
final class DiskFullBuildahIT extends DiskFullContract {
  DiskFullBuildahIT() {
    super("buildah");
  }
}
