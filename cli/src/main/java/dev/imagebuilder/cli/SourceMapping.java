package dev.imagebuilder.cli;

import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.builder.BuildSourceDockerfile;
import dev.imagebuilder.proto.builder.BuildSourceReference;
import dev.imagebuilder.proto.contentservice.CloneTargetMode;
import dev.imagebuilder.proto.contentservice.GitAuthMethod;
import dev.imagebuilder.proto.contentservice.GitConfig;
import dev.imagebuilder.proto.contentservice.GitInitializer;
import dev.imagebuilder.proto.contentservice.WorkspaceInitializer;

/** Sources in the words of the API. */
final class SourceMapping {

  private SourceMapping() {}

  /** An image. */
  static BuildSource image(Source.Image image) {
    return BuildSource.newBuilder()
        .setRef(BuildSourceReference.newBuilder().setRef(image.reference()))
        .build();
  }

  /** A Dockerfile of a repository at a commit, 40 hex digits. */
  static BuildSource dockerfile(Source.Git git, String commit, GitLogin login, Paths paths) {
    GitInitializer initializer =
        GitInitializer.newBuilder()
            .setRemoteUri(git.url())
            .setTargetMode(CloneTargetMode.REMOTE_COMMIT)
            .setCloneTaget(commit)
            .setConfig(config(login))
            .build();
    return BuildSource.newBuilder()
        .setFile(
            BuildSourceDockerfile.newBuilder()
                .setSource(WorkspaceInitializer.newBuilder().setGit(initializer))
                .setDockerfileVersion(commit)
                .setDockerfilePath(below(git.directory(), paths.file()))
                .setContextPath(below(git.directory(), paths.context())))
        .build();
  }

  private static GitConfig config(GitLogin login) {
    GitConfig.Builder config = GitConfig.newBuilder();
    login
        .ifPresent()
        .ifPresent(known ->
            config
                .setAuthentication(GitAuthMethod.BASIC_AUTH)
                .setAuthUser(known.user())
                .setAuthPassword(known.password().reveal()));
    return config.build();
  }

  /** Paths are hashed as they are sent: the usual ones stay as short as people write them. */
  private static String below(String directory, String path) {
    if (directory.isEmpty()) {
      return path;
    }
    return path.equals(".") ? directory : directory + "/" + path;
  }

  /**
   * What to build, relative to the source's directory.
   *
   * @param file the Dockerfile
   * @param context the folder that its instructions see
   */
  record Paths(String file, String context) {
    /** {@code Dockerfile}, in the directory itself. */
    static final Paths DEFAULTS = new Paths("Dockerfile", ".");
  }
}
