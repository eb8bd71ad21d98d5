package dev.imagebuilder.it;

import dev.imagebuilder.testing.Peers;
import org.junit.jupiter.api.BeforeAll;

/** Losses with a buildkitd of the service's own. */
final class BuildkitLossIT extends LossContract {
  BuildkitLossIT() {
    super("buildkit", "buildkitd");
  }

  @BeforeAll
  static void require() {
    Peers.require("buildkitd", "scripts/test, which makes it where Go is installed");
  }
}
