package dev.imagebuilder.server.api;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.BuildRequest;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.DirectoryFiles;
import dev.imagebuilder.core.DockerfileWishes;
import dev.imagebuilder.core.DockerfileWishes.Cache;
import dev.imagebuilder.core.GitSource;
import dev.imagebuilder.core.GitSource.CloneMode;
import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.core.RegistryAuth;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.proto.v1.BuildSpec;
import dev.imagebuilder.proto.v1.Login;
import dev.imagebuilder.service.RequestFault;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** From the specs of {@code imagebuilder.v1.Builds} to the words of core. */
final class BuildSpecs {
  private static final String DOCKERFILE = "Dockerfile";

  private BuildSpecs() {}

  /**
   * A request for a build.
   *
   * @param directory serves the files if the source is a directory
   */
  static BuildRequest request(BuildSpec spec, DirectoryFiles directory) throws RequestFault {
    return new BuildRequest(
        source(spec, directory),
        auth(spec),
        spec.getForce() ? Force.ALWAYS : Force.IF_MISSING,
        spec.getOwner(),
        "",
        "",
        Attempts.SEVERAL,
        timeout(spec),
        CallTrace.current());
  }

  private static BuildSource source(BuildSpec spec, DirectoryFiles directory) throws RequestFault {
    return switch (spec.getSourceCase()) {
      case GIT -> dockerfile(spec.getGit(), wishes(spec));
      case IMAGE -> new BuildSource.Image(spec.getImage());
      case DIRECTORY ->
          new BuildSource.Directory(
              directory, orUsual(spec.getDirectory().getDockerfileName()), wishes(spec));
      case SOURCE_NOT_SET -> throw invalid("the spec has no source: set git, image or directory");
    };
  }

  private static BuildSource dockerfile(
      dev.imagebuilder.proto.v1.GitSource git, DockerfileWishes wishes) throws RequestFault {
    if (git.getUrl().isEmpty()) {
      throw invalid("git.url is missing");
    }
    CloneMode mode = git.getRef().isEmpty() ? CloneMode.REMOTE_HEAD : CloneMode.REMOTE_BRANCH;
    String target = git.getRef();
    if (!git.getCommit().isEmpty()) {
      mode = CloneMode.REMOTE_COMMIT;
      target = git.getCommit();
    }
    GitSource source =
        new GitSource(git.getUrl(), "", mode, target, "", false, login(git.getLogin()));
    return new BuildSource.Dockerfile(
        source, git.getCommit(), orUsual(git.getDockerfilePath()), git.getContextPath(), wishes);
  }

  private static DockerfileWishes wishes(BuildSpec spec) throws RequestFault {
    var wishes = spec.getDockerfile();
    Map<String, Secret> secrets = new HashMap<>();
    wishes
        .getSecretsMap()
        .forEach((id, content) -> secrets.put(id, Secret.of(content.toByteArray())));
    return new DockerfileWishes(
        wishes.getTarget(),
        wishes.getBuildArgsMap(),
        wishes.getLabelsMap(),
        platform(wishes.getPlatform()),
        secrets,
        spec.getNoCache() ? Cache.BYPASSED : Cache.USED);
  }

  private static Optional<Platform> platform(String text) throws RequestFault {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Platform.parse(text));
    } catch (IllegalArgumentException e) {
      throw invalid("dockerfile.platform: " + e.getMessage());
    }
  }

  private static Optional<Duration> timeout(BuildSpec spec) throws RequestFault {
    if (!spec.hasTimeout()) {
      return Optional.empty();
    }
    var timeout = Duration.ofSeconds(spec.getTimeout().getSeconds(), spec.getTimeout().getNanos());
    if (!timeout.isPositive()) {
      throw invalid("timeout must be longer than nothing");
    }
    return Optional.of(timeout);
  }

  private static RegistryAuth auth(BuildSpec spec) {
    Map<String, Secret> logins = new HashMap<>();
    spec.getRegistryLoginsMap().forEach((host, login) -> logins.put(host, encoded(login)));
    return new RegistryAuth(
        spec.getUseInstallationLogins()
            ? new RegistryAuth.Mode.All()
            : new RegistryAuth.Mode.Nothing(),
        logins);
  }

  /** As Docker configurations have it, which is what the credentials policy reads. */
  private static Secret encoded(Login login) {
    byte[] pair =
        (login.getUsername() + ":" + login.getPassword()).getBytes(StandardCharsets.UTF_8);
    return Secret.of(Base64.getEncoder().encodeToString(pair));
  }

  private static GitLogin login(Login login) {
    return login.getPassword().isEmpty() && login.getUsername().isEmpty()
        ? GitLogin.NONE
        : new GitLogin(login.getUsername(), Secret.of(login.getPassword()));
  }

  private static String orUsual(String name) {
    return name.isEmpty() ? DOCKERFILE : name;
  }

  private static RequestFault invalid(String what) {
    return new RequestFault(RequestFault.Kind.INVALID_ARGUMENT, what);
  }
}
