package dev.imagebuilder.server.config;

/**
 * How builds run on this machine.
 *
 * @param platform {@code os/architecture[/variant]}; empty for this machine's
 * @param workDir empty for {@code work} in the data folder
 */
public record LocalConfig(
    @Described(
            "What executes Dockerfiles. `auto`: BuildKit at `buildkit.address`, or at its usual"
                + " socket, or started from a `buildkitd` on PATH; else the one in a Docker Engine"
                + " from 25.0.2 on (`DOCKER_HOST`, or its usual socket); else Buildah; else an"
                + " older Docker Engine.")
        Engine engine,
    @Described("A buildkitd that runs already.") BuildkitConfig buildkit,
    @Described(
            "Platform of the images, such as `linux/arm64`: this machine's, so far. Empty: the"
                + " same.")
        String platform,
    @Described(
            "Network of RUN steps. `auto`: one of their own where the machine has what it takes,"
                + " else the host's.")
        StepNetwork network,
    @Described("How many builds run at the same time.") int maxParallelBuilds,
    @Described("Folder for checkouts and the engine's storage. Empty: `work` in `dataDir`.")
        String workDir) {

  /** What holds for a group without any key. */
  public static LocalConfig defaults() {
    return new LocalConfig(Engine.AUTO, BuildkitConfig.defaults(), "", StepNetwork.AUTO, 4, "");
  }

  /** What executes Dockerfiles. */
  public enum Engine {
    AUTO,
    BUILDKIT,
    DOCKER,
    BUILDAH
  }

  /** What RUN steps can reach. */
  public enum StepNetwork {
    AUTO,
    OWN,
    HOST,
    NONE
  }
}
