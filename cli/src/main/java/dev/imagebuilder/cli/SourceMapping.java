package dev.imagebuilder.cli;

import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.builder.BuildSourceDockerfile;
import dev.imagebuilder.proto.builder.BuildSourceReference;
import dev.imagebuilder.proto.contentservice.CloneTargetMode;
import dev.imagebuilder.proto.contentservice.GitAuthMethod;
import dev.imagebuilder.proto.contentservice.GitConfig;
import dev.imagebuilder.proto.contentservice.GitInitializer;
import dev.imagebuilder.proto.contentservice.WorkspaceInitializer;
import dev.imagebuilder.proto.v1.GitSource;
import dev.imagebuilder.proto.v1.Login;

/** Sources in the words of both APIs. */
final class SourceMapping {

  private SourceMapping() {}

  /** An image. */
  static BuildSource image(Source.Image image) {
    return BuildSource.newBuilder()
        .setRef(BuildSourceReference.newBuilder().setRef(image.reference()))
        .build();
  }

  /** A Dockerfile of a repository at a commit, 40 hex digits. */
  static BuildSource dockerfile(Source.Git git, String commit, GitLogin login, SourcePaths paths) {
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

  /** The same in the words of our own API. */
  static GitSource git(Source.Git git, String commit, GitLogin login, SourcePaths paths) {
    GitSource.Builder source =
        GitSource.newBuilder()
            .setUrl(git.url())
            .setCommit(commit)
            .setRef(git.ref())
            .setDockerfilePath(below(git.directory(), paths.file()))
            .setContextPath(below(git.directory(), paths.context()));
    login.ifPresent().ifPresent(known -> source.setLogin(login(known.user(), known.password())));
    return source.build();
  }

  /** A login in the words of our own API. */
  static Login login(String user, Secret password) {
    return Login.newBuilder().setUsername(user).setPassword(password.reveal()).build();
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
}
