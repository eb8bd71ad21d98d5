package dev.imagebuilder.it;

import dev.imagebuilder.testing.Peers;
import org.junit.jupiter.api.BeforeAll;

/** A small disk with a buildkitd of the service's own. */
final class DiskFullBuildkitIT extends DiskFullContract {
  DiskFullBuildkitIT() {
    super("buildkit");
  }

  @BeforeAll
  static void require() {
    Peers.require("buildkitd", "scripts/test, which makes it where Go is installed");
  }
}
