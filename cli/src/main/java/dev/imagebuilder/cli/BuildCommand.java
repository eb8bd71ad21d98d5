package dev.imagebuilder.cli;

import dev.imagebuilder.buildkit.files.LocalFiles;
import dev.imagebuilder.cli.output.Output;
import dev.imagebuilder.cli.output.Words;
import dev.imagebuilder.core.Durations;
import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.BuildSpec;
import dev.imagebuilder.proto.v1.DirectorySource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code image-builder build SOURCE}: builds, or finds, a workspace image and shows how. */
@Command(
    name = "build",
    description = "Make a workspace image of a directory, a git repository or an image.",
    footer = {
      "",
      "The image's reference goes to the standard output, all else to the standard error.",
      "Ctrl-C cancels the build and waits for its end, a second one leaves at once.",
      "Exit codes: 0 done, 1 build failed, 2 wrong arguments, 3 service not reachable,"
          + " 130 interrupted."
    })
final class BuildCommand implements Callable<Integer> {

  @Mixin private SourceOptions source = new SourceOptions();
  @Mixin private DockerfileOptions dockerfile = new DockerfileOptions();
  @Mixin private RegistryLoginOptions logins = new RegistryLoginOptions();
  @Mixin private ServiceOptions service = new ServiceOptions();

  @Option(names = "--force", description = "Build even if the image is there, without any cache.")
  private boolean force;

  @Option(
      names = "--no-cache",
      description = "If there is something to build, do not use cached layers.")
  private boolean noCache;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description =
          "How long it may take, such as 90s or 1h30m; default: as long as the service"
              + " allows.")
  private @Nullable String timeout;

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    String user = System.getProperty("user.name", "");
    Source parsed = source.parsed();
    BuildSpec.Builder spec = spec(parsed, user);
    try (ServiceClient client = service.connect();
        Output output = Outputs.choose(service)) {
      BuildFollower follower = new BuildFollower(client, output);
      try (CtrlC _ = new CtrlC(follower, output, user)) {
        BuildInfo last = follow(follower, parsed, spec);
        return exitCode(last, follower);
      }
    }
  }

  private BuildInfo follow(BuildFollower follower, Source parsed, BuildSpec.Builder spec)
      throws CommandFailure, InterruptedException {
    if (parsed instanceof Source.Directory(var folder)) {
      LocalFiles files = source.paths().in(folder, Path.of("").toAbsolutePath());
      spec.setDirectory(DirectorySource.newBuilder().setDockerfileName(files.dockerfileName()));
      return follower.follow(spec.build(), files);
    }
    source.addTo(spec, parsed, service);
    return follower.follow(spec.build());
  }

  private BuildSpec.Builder spec(Source parsed, String user) throws CommandFailure {
    if (parsed instanceof Source.Image && dockerfile.isGiven()) {
      throw CommandFailure.usage(
          "an image has no Dockerfile: --target, --build-arg, --label, --platform and --secret go"
              + " with a directory or a git repository");
    }
    BuildSpec.Builder spec =
        BuildSpec.newBuilder()
            .setDockerfile(dockerfile.wishes(System.getenv(), service))
            .setForce(force)
            .setNoCache(noCache)
            .setOwner(user)
            .setIdempotencyKey(UUID.randomUUID().toString())
            .setUseInstallationLogins(true);
    logins
        .logins(parsed, service)
        .forEach((registry, login) ->
            spec.putRegistryLogins(
                registry, SourceMapping.login(login.username(), login.password())));
    if (timeout != null) {
      Duration limit = duration(timeout);
      spec.setTimeout(
          com.google.protobuf.Duration.newBuilder()
              .setSeconds(limit.getSeconds())
              .setNanos(limit.getNano()));
    }
    return spec;
  }

  private static Duration duration(String text) throws CommandFailure {
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--timeout: " + e.getMessage());
    }
  }

  private static int exitCode(BuildInfo last, BuildFollower follower) {
    if (Words.isGood(last)) {
      return 0;
    }
    return follower.isStopped() ? CommandFailure.INTERRUPTED : CommandFailure.FAILED;
  }
}
