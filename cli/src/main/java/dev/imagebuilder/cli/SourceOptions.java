package dev.imagebuilder.cli;

import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.v1.BuildSpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is built: the argument SOURCE and the options that say what in it. */
final class SourceOptions {

  @Parameters(
      paramLabel = "SOURCE",
      description = {
        "A directory, a git repository, https://host/repository[#ref[:directory]], or an image"
            + " reference.",
        "A branch or tag is resolved to its commit first, so that a push is a new build."
      })
  private String text = "";

  @Option(
      names = {"-f", "--file"},
      paramLabel = "PATH",
      description = {
        "The Dockerfile, relative to the source's directory; default: Dockerfile.",
        "For a directory of this machine it may be anywhere, and is also looked for relative to"
            + " where you are."
      })
  private @Nullable String file;

  @Option(
      names = "--context",
      paramLabel = "PATH",
      description = "The build context, relative to the source's directory; default: all of it.",
      defaultValue = SourcePaths.WHOLE)
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

  /** What in it. */
  SourcePaths paths() {
    return new SourcePaths(file, context);
  }

  /**
   * Puts a source that the service fetches itself into a spec; asks the git remote for the commit
   * where needed.
   *
   * @throws CommandFailure if the remote does not say
   */
  void addTo(BuildSpec.Builder spec, Source source, ServiceOptions service) throws CommandFailure {
    switch (source) {
      case Source.Image(var reference) -> spec.setImage(reference);
      case Source.Git git -> {
        GitLogin login = login(service);
        String commit = GitRemote.commitOf(git, login);
        spec.setGit(SourceMapping.git(git, commit, login, paths()));
      }
      case Source.Directory _ -> throw new IllegalArgumentException("is served, not fetched");
    }
  }

  /**
   * The source as mk3's API takes it.
   *
   * @throws CommandFailure if it does not take it, or the remote does not say
   */
  BuildSource message(ServiceOptions service) throws CommandFailure {
    return switch (parsed()) {
      case Source.Image image -> SourceMapping.image(image);
      case Source.Git git -> {
        GitLogin login = login(service);
        String commit = GitRemote.commitOf(git, login);
        yield SourceMapping.dockerfile(git, commit, login, paths());
      }
      case Source.Directory _ ->
          throw CommandFailure.usage(
              "\""
                  + text
                  + "\" is a directory: what its image is called shows when it is built"
                  + " (image-builder build)");
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
