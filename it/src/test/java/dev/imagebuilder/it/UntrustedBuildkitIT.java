package dev.imagebuilder.it;

import dev.imagebuilder.testing.Peers;
import org.junit.jupiter.api.BeforeAll;

/** Untrusted Dockerfiles with a buildkitd of the service's own. */
final class UntrustedBuildkitIT extends UntrustedContract {
  UntrustedBuildkitIT() {
    super("buildkit");
  }

  @BeforeAll
  static void require() {
    Peers.require("buildkitd", "scripts/test, which makes it where Go is installed");
  }
}
