package dev.imagebuilder.it;

import dev.imagebuilder.testing.Peers;

/** A small disk with a buildkitd of the service's own. */
final class DiskFullBuildkitIT extends DiskFullContract {
  DiskFullBuildkitIT() {
    super("buildkit");
  }

  @Override
  void requireEngine() {
    Peers.require("buildkitd", "scripts/test, which makes it where Go is installed");
  }
}
