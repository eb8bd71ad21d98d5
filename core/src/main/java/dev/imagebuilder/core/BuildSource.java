package dev.imagebuilder.core;

/** What a workspace image is made from. */
public sealed interface BuildSource {

  /** A base image that exists; the reference is as the request gave it. */
  record Image(String reference) implements BuildSource {}

  /**
   * A Dockerfile in a git repository. Paths are as the request gave them, since their raw form is
   * hashed (SPEC 4.2).
   *
   * @param version names the Dockerfile's content, usually a commit; hashed, not used otherwise
   */
  record Dockerfile(
      GitSource git,
      String version,
      String dockerfilePath,
      String contextPath,
      DockerfileWishes wishes)
      implements BuildSource {

    /** A Dockerfile of which nothing further is wished. */
    public Dockerfile(GitSource git, String version, String dockerfilePath, String contextPath) {
      this(git, version, dockerfilePath, contextPath, DockerfileWishes.NONE);
    }
  }

  /**
   * A directory with a Dockerfile, on the machine of a client that serves its files while it is
   * built.
   *
   * @param dockerfile its name in the folder {@link DirectoryFiles#DOCKERFILE}
   */
  record Directory(DirectoryFiles files, String dockerfile, DockerfileWishes wishes)
      implements BuildSource {}

  /** A source that mk3 does not build either; planning it fails with the sentence (SPEC 3.2). */
  record Unsupported(String why) implements BuildSource {}
}
