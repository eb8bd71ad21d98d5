package dev.imagebuilder.buildkit;

import static dev.imagebuilder.buildkit.BuildkitVersion.OLDEST_SAFE;

import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.Engine;
import dev.imagebuilder.core.RegistryTokens;
import java.time.Duration;

/**
 * Builds Dockerfiles with a BuildKit daemon, which pulls and pushes by itself. Each build has a
 * connection and a session of its own. Safe for any number of builds at once.
 */
public final class BuildkitEngine implements Engine, AutoCloseable {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

  private final BuildkitDaemon daemon;
  private final Facts facts;
  private int builds;
  private final RegistryTokens tokens;
  private final EventLoops loops;

  private BuildkitEngine(
      BuildkitDaemon daemon, Facts facts, RegistryTokens tokens, EventLoops loops) {
    this.daemon = daemon;
    this.facts = facts;
    this.tokens = tokens;
    this.loops = loops;
  }

  /** What was found out about the daemon, and what is wished of it. */
  private record Facts(BuildkitAddress address, DaemonInfo info, StepNetwork network) {}

  /**
   * Asks the daemon who it is.
   *
   * @param daemon closed with the engine; left open if this fails
   * @param tokens answers what the daemon asks about registries
   * @throws BuildkitException if it does not answer, or must not be used
   */
  public static BuildkitEngine open(
      BuildkitDaemon daemon, StepNetwork network, RegistryTokens tokens)
      throws BuildkitException, InterruptedException {
    var loops = new EventLoops();
    BuildkitAddress address = daemon.address();
    try (var connection = BuildkitConnection.open(address, daemon.tls(), loops)) {
      DaemonInfo info = connection.info(ANSWER_LIMIT);
      checkVersion(address, info);
      checkNetwork(address, info, network);
      return new BuildkitEngine(daemon, new Facts(address, info, network), tokens, loops);
    } catch (BuildkitException | RuntimeException e) {
      loops.close();
      throw e;
    }
  }

  @Override
  public String describe() {
    DaemonInfo info = facts.info();
    return "buildkitd "
        + (isRelease(info)
            ? info.version()
            : "of an unknown version (WARNING: check that it is " + OLDEST_SAFE + " or later)")
        + " at "
        + facts.address()
        + " ("
        + daemon.found()
        + "), "
        + info.snapshotter()
        + " snapshots, RUN steps "
        + network();
  }

  @Override
  public Digest build(DockerfileBuild build, BuildListener listener)
      throws BuildFailedException, InterruptedException {
    begin();
    try (var connection = BuildkitConnection.open(daemon.address(), daemon.tls(), loops)) {
      var ways = new SolveRequests.Ways(facts.network(), new Export.Pushed());
      return new BuildkitBuild(build, listener, connection, loops).run(tokens, ways);
    } catch (BuildkitException e) {
      throw new BuildFailedException(
          SolveFailures.lost(facts.address(), String.valueOf(e.getMessage())), e);
    } finally {
      end();
    }
  }

  private synchronized void begin() {
    builds++;
  }

  private synchronized void end() {
    builds--;
    if (builds == 0) {
      daemon.rest();
    }
  }

  /** Ends the daemon, if it is ours. Builds must have ended. */
  @Override
  public void close() {
    loops.close();
    daemon.close();
  }

  private String network() {
    if (facts.network() == StepNetwork.NONE) {
      return "without network";
    }
    return hasOwnNetwork(facts.info())
        ? "in a network of their own"
        : "in its machine's network, loopback included";
  }

  private static boolean hasOwnNetwork(DaemonInfo info) {
    return info.network().equals("cni") || info.network().equals("bridge");
  }

  private static void checkNetwork(BuildkitAddress address, DaemonInfo info, StepNetwork network)
      throws BuildkitException {
    if (network == StepNetwork.OWN && !hasOwnNetwork(info)) {
      throw new BuildkitException(
          "buildkitd at "
              + address
              + " has no network of their own for RUN steps, which orchestrator.local.network: own"
              + " asks for. Set its worker's networkMode, or choose another network here");
    }
  }

  private static boolean isRelease(DaemonInfo info) {
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
