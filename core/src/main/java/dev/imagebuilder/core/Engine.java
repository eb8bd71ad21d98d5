package dev.imagebuilder.core;

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
   * @param context absolute, exists, inside the checkout with all links resolved
   * @param dockerfile absolute, a regular file, inside the checkout with all links resolved
   * @param target where to push
   * @param force {@link BuildRequest.Force#ALWAYS} bypasses every cached layer
   * @param wishes an engine that cannot fulfil one says so by failing
   */
  record DockerfileBuild(
      BuildId id,
      Path context,
      Path dockerfile,
      ImageReference target,
      BuildRequest.Force force,
      RegistryCredentials credentials,
      DockerfileWishes wishes) {

    /** A build as the Dockerfile says it, with nothing further wished. */
    public DockerfileBuild(
        BuildId id,
        Path context,
        Path dockerfile,
        ImageReference target,
        BuildRequest.Force force,
        RegistryCredentials credentials) {
      this(id, context, dockerfile, target, force, credentials, DockerfileWishes.NONE);
    }
  }
}
