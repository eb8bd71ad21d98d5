package dev.imagebuilder.cli;

import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.proto.builder.BuildSource;
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
      description = "The Dockerfile, relative to the directory (default: ${DEFAULT-VALUE}).",
      defaultValue = "Dockerfile")
  private String file = "";

  @Option(
      names = "--context",
      paramLabel = "PATH",
      description = "The build context, relative to the directory (default: ${DEFAULT-VALUE}).",
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
      case Source.Image image -> SourceMapping.image(image);
      case Source.Git git -> {
        GitLogin login = login(service);
        String commit = GitRemote.commitOf(git, login);
        yield SourceMapping.dockerfile(git, commit, login, new SourceMapping.Paths(file, context));
      }
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
}
