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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is built: the argument SOURCE and the options that say what in it. */
final class SourceOptions {

  @Parameters(
      paramLabel = "SOURCE",
      description = {
        "A git repository, https://host/repository[#ref[:directory]], or an image reference.",
        "A branch or tag is resolved to its commit first, so that a push is a new build."
      })
  private String text = "";

  @Option(
      names = {"-f", "--file"},
      paramLabel = "PATH",
      description = "The Dockerfile, relative to the directory; default ${DEFAULT-VALUE}.",
      defaultValue = "Dockerfile")
  private String file = "";

  @Option(
      names = "--context",
      paramLabel = "PATH",
      description = "The build context, relative to the directory; default ${DEFAULT-VALUE}.",
      defaultValue = ".")
  private String context = "";

  @Mixin private GitLoginOptions gitLogin = new GitLoginOptions();

  /**
   * The source as parsed.
   *
   * @throws CommandFailure if it is none
   */
  Source parsed() throws CommandFailure {
    return Source.parse(text);
  }

  /**
   * The source as the service takes it; asks the git remote for the commit where needed.
   *
   * @throws CommandFailure if the remote does not say
   */
  BuildSource message(ServiceOptions service) throws CommandFailure {
    return switch (parsed()) {
      case Source.Image(var reference) ->
          BuildSource.newBuilder()
              .setRef(BuildSourceReference.newBuilder().setRef(reference))
              .build();
      case Source.Git git -> dockerfile(git, login(service));
    };
  }

  private GitLogin login(ServiceOptions service) throws CommandFailure {
    GitLogin login = gitLogin.login();
    if (login.ifPresent().isPresent() && service.isOpenToOthers()) {
      throw CommandFailure.usage(
          "the connection to "
              + service.host()
              + " is not encrypted, so the git password is not sent over it; use --tls-path");
    }
    return login;
  }

  private BuildSource dockerfile(Source.Git git, GitLogin login) throws CommandFailure {
    String commit = GitRemote.commitOf(git, login);
    GitConfig.Builder config = GitConfig.newBuilder();
    login
        .ifPresent()
        .ifPresent(known ->
            config
                .setAuthentication(GitAuthMethod.BASIC_AUTH)
                .setAuthUser(known.user())
                .setAuthPassword(known.password().reveal()));
    GitInitializer initializer =
        GitInitializer.newBuilder()
            .setRemoteUri(git.url())
            .setTargetMode(CloneTargetMode.REMOTE_COMMIT)
            .setCloneTaget(commit)
            .setConfig(config)
            .build();
    return BuildSource.newBuilder()
        .setFile(
            BuildSourceDockerfile.newBuilder()
                .setSource(WorkspaceInitializer.newBuilder().setGit(initializer))
                .setDockerfileVersion(commit)
                .setDockerfilePath(below(git.directory(), file))
                .setContextPath(below(git.directory(), context)))
        .build();
  }

  /** Paths are hashed as they are sent: the usual ones stay as short as people write them. */
  private static String below(String directory, String path) {
    if (directory.isEmpty()) {
      return path;
    }
    return path.equals(".") ? directory : directory + "/" + path;
  }
}
