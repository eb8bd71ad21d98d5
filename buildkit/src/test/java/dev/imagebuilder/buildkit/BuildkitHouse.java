package dev.imagebuilder.buildkit;

import dev.imagebuilder.buildkit.daemon.OwnBuildkitd;
import dev.imagebuilder.buildkit.daemon.OwnBuildkitdOptions;
import dev.imagebuilder.core.RegistryTokens;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.Peers;
import dev.imagebuilder.testing.TemporaryFolder;
import dev.imagebuilder.testing.TestImages;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** A buildkitd of our own, a registry with a base image in it, and a folder for contexts. */
final class BuildkitHouse extends EngineHouse<BuildkitEngine> {
  private static final String INSTALL = "scripts/test, which makes it where Go is installed";

  final OwnBuildkitd daemon;

  private BuildkitHouse(
      DebianRegistry registry, TemporaryFolder folder, OwnBuildkitd daemon, BuildkitEngine engine) {
    super(registry, folder, engine);
    this.daemon = daemon;
  }

  static BuildkitHouse open(DebianRegistry.Feature... features) throws Exception {
    Peers.require("buildkitd", INSTALL);
    Peers.require("runc", "apt-get install runc");
    Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name")), "buildkitd needs root in these tests");
    DebianRegistry registry = DebianRegistry.start(features);
    registry.client().push("base/busybox", "1", TestImages.busybox());
    TemporaryFolder folder = TemporaryFolder.named("buildkit");
    OwnBuildkitd daemon =
        OwnBuildkitd.find(
                OwnBuildkitdOptions.defaults(folder.path().resolve("work"), System.getenv()))
            .orElseThrow();
    try {
      return new BuildkitHouse(registry, folder, daemon, engine(daemon));
    } catch (BuildkitException | RuntimeException e) {
      daemon.close();
      registry.close();
      folder.close();
      throw e;
    }
  }

  /** An engine with a daemon that has built nothing yet, as on another machine. */
  BuildkitEngine another() throws Exception {
    Path work = newPath("another");
    return engine(
        OwnBuildkitd.find(OwnBuildkitdOptions.defaults(work, System.getenv())).orElseThrow());
  }

  private static BuildkitEngine engine(OwnBuildkitd daemon)
      throws BuildkitException, InterruptedException {
    RegistryTokens none =
        (wish, _) -> {
          throw new AssertionError("no registry here gives out tokens: " + wish);
        };
    return BuildkitEngine.open(daemon, StepNetwork.AUTO, none);
  }

  @Override
  public void close() throws IOException {
    engine.close();
    registry.close();
    folder.close();
  }
}
