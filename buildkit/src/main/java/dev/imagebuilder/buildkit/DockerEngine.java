package dev.imagebuilder.buildkit;

import dev.imagebuilder.buildkit.docker.DockerApi;
import dev.imagebuilder.buildkit.docker.DockerException;
import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.Engine;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.LayerCache;
import dev.imagebuilder.core.RegistryFailures;
import dev.imagebuilder.core.RegistryTokens;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Builds Dockerfiles with the BuildKit inside a Docker Engine. Where that can push it does; where
 * it cannot, the image goes through the Engine's image store under a name of ours, and the Engine
 * pushes it. Safe for any number of builds at once.
 */
public final class DockerEngine implements Engine, AutoCloseable {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

  /** The first with a BuildKit that a build does not get out of: 0.12.5. */
  private static final BuildkitVersion OLDEST_SAFE = new BuildkitVersion(25, 0, 2);

  private final Place place;
  private final Facts facts;
  private final RegistryTokens tokens;
  private final EventLoops loops;
  private final DockerApi docker;
  private final PushTags tags;

  private DockerEngine(Place place, Facts facts, RegistryTokens tokens, EventLoops loops) {
    this.place = place;
    this.facts = facts;
    this.tokens = tokens;
    this.loops = loops;
    this.docker = new DockerApi(place.at().socket());
    this.tags = new PushTags(place.owner());
  }

  /**
   * Where an Engine is, and who asks.
   *
   * @param found for people: {@code its usual socket}
   * @param owner of names in the Engine's image store; what is left under it is removed
   */
  public record Place(BuildkitAddress at, String found, String owner) {
    private static final Pattern OWNER = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    public Place {
      if (!OWNER.matcher(owner).matches()) {
        throw new IllegalArgumentException("not a name in an image store: " + owner);
      }
    }
  }

  /** What was found out about the Engine, and what is wished of it. */
  private record Facts(String version, DaemonInfo buildkit, StepNetwork network) {
    /** With containerd's image store, of which the worker names the snapshotter. */
    boolean pushesFromBuildkit() {
      return !buildkit.snapshotter().isEmpty();
    }

    /** Places in a Dockerfile came with BuildKit's call that says its version. */
    boolean saysLines() {
      return !buildkit.version().isEmpty();
    }
  }

  /**
   * Asks the Engine who it is, and removes from its image store what an earlier process has left.
   *
   * @param tokens answers what BuildKit asks about registries
   * @throws BuildkitException if it does not answer, or has no BuildKit
   */
  public static DockerEngine open(Place place, StepNetwork network, RegistryTokens tokens)
      throws BuildkitException, InterruptedException {
    var loops = new EventLoops();
    var address = new BuildkitAddress.InDocker(place.at());
    try (var connection = BuildkitConnection.open(address, Optional.empty(), loops)) {
      String version = new DockerApi(place.at().socket()).version();
      DaemonInfo buildkit = connection.info(ANSWER_LIMIT);
      var engine = new DockerEngine(place, new Facts(version, buildkit, network), tokens, loops);
      engine.removeLeftovers();
      return engine;
    } catch (IOException | DockerException e) {
      loops.close();
      throw new BuildkitException(
          "Docker Engine at " + place.at() + " does not answer: " + e.getMessage(), e);
    } catch (BuildkitException | InterruptedException | RuntimeException e) {
      loops.close();
      throw e;
    }
  }

  /** True if it is of a version out of whose builds nothing is known to escape. */
  public boolean isOfSafeVersion() {
    return BuildkitVersion.parse(facts.version())
        .filter(version -> version.compareTo(OLDEST_SAFE) >= 0)
        .isPresent();
  }

  @Override
  public String describe() {
    List<String> limits = new ArrayList<>();
    if (!facts.pushesFromBuildkit()) {
      limits.add("no layer cache in registries");
    }
    if (!facts.saysLines()) {
      limits.add("no lines of the Dockerfile in failures");
    }
    return "Docker Engine "
        + facts.version()
        + " at "
        + place.at()
        + " ("
        + place.found()
        + (isOfSafeVersion()
            ? ""
            : "; WARNING: before "
                + OLDEST_SAFE
                + " a build can get out of its container,"
                + " CVE-2024-23651 to -23653, unless it was mended since")
        + "), "
        + (facts.pushesFromBuildkit() ? "pushes from BuildKit" : "pushes from its image store")
        + (limits.isEmpty() ? "" : ", " + String.join(", ", limits))
        + ", RUN steps "
        + (facts.network() == StepNetwork.NONE ? "without network" : "in its containers' network");
  }

  @Override
  public Digest build(DockerfileBuild build, BuildListener listener)
      throws BuildFailedException, InterruptedException {
    if (facts.pushesFromBuildkit()) {
      return run(build, new Export.PushedByDocker(), listener);
    }
    if (!(build.cache() instanceof LayerCache.Off)) {
      listener.line(
          "This Docker Engine keeps layers on its machine only: orchestrator.cache needs one with"
              + " containerd's image store, or a buildkitd");
    }
    String kept = place.owner() + ":" + build.id();
    var push = new DockerPush(docker, listener);
    try (PushTags.Taken spare = tags.take()) {
      var _ = run(build, new Export.KeptByDocker(kept), listener);
      ImageReference target = tagged(build.target(), spare.tag());
      return push.run(kept, target, build.credentials().forPush(target.repository()));
    } catch (CredentialException e) {
      throw new BuildFailedException(RegistryFailures.of(e), e);
    } catch (IOException e) {
      throw new BuildFailedException(lost(e), e);
    } finally {
      push.forget(kept);
    }
  }

  /** The Engine is not ours to end. Builds must have ended. */
  @Override
  public void close() {
    loops.close();
  }

  private Digest run(DockerfileBuild build, Export export, BuildListener listener)
      throws BuildFailedException, InterruptedException {
    var address = new BuildkitAddress.InDocker(place.at());
    var ways = new SolveRequests.Ways(facts.network(), export);
    try (var connection = BuildkitConnection.open(address, Optional.empty(), loops)) {
      return new BuildkitBuild(build, listener, connection, loops).run(tokens, ways);
    } catch (BuildkitException e) {
      throw new BuildFailedException(lost(e), e);
    }
  }

  /** An Engine cannot push by digest alone. */
  private static ImageReference tagged(ImageReference target, String spare) {
    return target.tag().isPresent()
        ? target
        : ImageReference.parse(target.repository() + ":" + spare);
  }

  private Failed lost(Exception e) {
    return SolveFailures.lost(
        new BuildkitAddress.InDocker(place.at()), place.at() + ": " + e.getMessage());
  }

  private void removeLeftovers() throws IOException, DockerException, InterruptedException {
    for (DockerApi.Image image : docker.imagesOf(place.owner())) {
      for (String name : image.names()) {
        docker.untag(name);
      }
    }
  }
}
