package dev.imagebuilder.core;

import dev.imagebuilder.core.DockerfileWishes.Cache;
import java.nio.file.Path;

/** Port: executes a Dockerfile and pushes the result. */
public interface Engine {

  /** Name and version, and how it was found: {@code buildah 1.28.2 (on PATH)}. */
  String describe();

  /**
   * Builds and pushes.
   *
   * @return the digest of the pushed manifest
   * @throws BuildFailedException if there is no image
   * @throws InterruptedException if interrupted; the step's processes are gone when this comes
   */
  Digest build(DockerfileBuild build, BuildListener listener)
      throws BuildFailedException, InterruptedException;

  /**
   * What to build.
   *
   * @param dockerfile absolute, a regular file, with all links resolved
   * @param target where to push; by digest alone if it has no tag
   * @param force {@link BuildRequest.Force#ALWAYS} bypasses every cached layer
   * @param wishes an engine that cannot fulfil one says so by failing
   * @param cache an engine that has no such cache says so in the build's log
   */
  record DockerfileBuild(
      BuildId id,
      Context context,
      Path dockerfile,
      ImageReference target,
      BuildRequest.Force force,
      RegistryCredentials credentials,
      DockerfileWishes wishes,
      LayerCache cache) {

    /** A build as the Dockerfile says it, with nothing further wished. */
    public DockerfileBuild(
        BuildId id,
        Path context,
        Path dockerfile,
        ImageReference target,
        BuildRequest.Force force,
        RegistryCredentials credentials) {
      this(
          id,
          new Context.Folder(context),
          dockerfile,
          target,
          force,
          credentials,
          DockerfileWishes.NONE,
          new LayerCache.Off());
    }

    /** True if no layer of an earlier build may be used. */
    public boolean bypassesCache() {
      return force == BuildRequest.Force.ALWAYS || wishes.cache() == Cache.BYPASSED;
    }
  }

  /** Where the files are that a Dockerfile copies. */
  sealed interface Context {

    /**
     * On this machine.
     *
     * @param path absolute, exists, with all links resolved
     */
    record Folder(Path path) implements Context {}

    /** On a client's. */
    record Served(DirectoryFiles files) implements Context {}
  }
}
