package dev.imagebuilder.buildkit;

import static dev.imagebuilder.buildkit.BuildkitVersion.OLDEST_SAFE;

import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.Engine;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.RegistryTokens;
import java.time.Duration;

/**
 * Builds Dockerfiles with a BuildKit daemon, which pulls and pushes by itself. Each build has a
 * connection and a session of its own. Safe for any number of builds at once.
 */
public final class BuildkitEngine implements Engine, AutoCloseable {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

  /** Names a frontend image that would get past the check of the {@code # syntax=} line. */
  private static final String SYNTAX_ARGUMENT = "BUILDKIT_SYNTAX";

  private final BuildkitDaemon daemon;
  private final BuildkitAddress address;
  private final RegistryTokens tokens;
  private final DaemonInfo info;
  private final EventLoops loops;

  private BuildkitEngine(
      BuildkitDaemon daemon,
      BuildkitAddress address,
      RegistryTokens tokens,
      DaemonInfo info,
      EventLoops loops) {
    this.daemon = daemon;
    this.address = address;
    this.tokens = tokens;
    this.info = info;
    this.loops = loops;
  }

  /**
   * Asks the daemon who it is.
   *
   * @param daemon closed with the engine; left open if this fails
   * @param tokens answers what the daemon asks about registries
   * @throws BuildkitException if it does not answer, or must not be used
   */
  public static BuildkitEngine open(BuildkitDaemon daemon, RegistryTokens tokens)
      throws BuildkitException, InterruptedException {
    var loops = new EventLoops();
    BuildkitAddress address = daemon.address();
    try (var connection = BuildkitConnection.open(address, daemon.tls(), loops)) {
      DaemonInfo info = connection.info(ANSWER_LIMIT);
      checkVersion(address, info);
      return new BuildkitEngine(daemon, address, tokens, info, loops);
    } catch (BuildkitException | RuntimeException e) {
      loops.close();
      throw e;
    }
  }

  @Override
  public String describe() {
    return "buildkitd "
        + (isRelease()
            ? info.version()
            : "of an unknown version (WARNING: check that it is " + OLDEST_SAFE + " or later)")
        + " at "
        + address
        + " ("
        + daemon.found()
        + "), "
        + info.snapshotter()
        + " snapshots"
        + (info.network().equals("host")
            ? ", RUN steps in its machine's network, loopback included"
            : "");
  }

  @Override
  public Digest build(DockerfileBuild build, BuildListener listener)
      throws BuildFailedException, InterruptedException {
    if (build.wishes().buildArgs().containsKey(SYNTAX_ARGUMENT)) {
      throw new BuildFailedException(
          Failed.byUser(
              FailureReason.DOCKERFILE_INVALID,
              "the build argument " + SYNTAX_ARGUMENT + " is not allowed here",
              "Say it in the Dockerfile's first line: # syntax=…"));
    }
    try (var connection = BuildkitConnection.open(daemon.address(), daemon.tls(), loops)) {
      return new BuildkitBuild(build, listener, connection, loops).run(tokens);
    } catch (BuildkitException e) {
      throw new BuildFailedException(SolveFailures.lost(String.valueOf(e.getMessage())), e);
    }
  }

  /** Ends the daemon, if it is ours. Builds must have ended. */
  @Override
  public void close() {
    loops.close();
    daemon.close();
  }

  private boolean isRelease() {
    return BuildkitVersion.parse(info.version()).filter(BuildkitVersion::isRelease).isPresent();
  }

  private static void checkVersion(BuildkitAddress address, DaemonInfo info)
      throws BuildkitException {
    // Releases that cannot say their version are older still; a build of a commit says 0.0.0.
    boolean isOld =
        info.version().isEmpty()
            || BuildkitVersion.parse(info.version())
                .filter(BuildkitVersion::isRelease)
                .filter(version -> version.compareTo(OLDEST_SAFE) < 0)
                .isPresent();
    if (isOld) {
      throw new BuildkitException(
          "buildkitd at "
              + address
              + " is of version "
              + (info.version().isEmpty() ? "0.10 or older" : info.version())
              + ", in which a build can get out of its container (CVE-2024-23651 to -23653)."
              + " Install "
              + OLDEST_SAFE
              + " or later");
    }
  }
}
