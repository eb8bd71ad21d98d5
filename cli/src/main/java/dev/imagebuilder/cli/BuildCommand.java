package dev.imagebuilder.cli;

import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildStatus;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code image-builder build SOURCE}: builds, or finds, a workspace image and shows how. */
@Command(
    name = "build",
    description = "Make a workspace image of a git repository or an image, and follow it.",
    footer = {
      "",
      "The image's reference goes to the standard output, all else to the standard error.",
      "Exit codes: 0 done, 1 build failed, 2 wrong arguments, 3 service not reachable,"
          + " 130 interrupted (the build goes on)."
    })
final class BuildCommand implements Callable<Integer> {

  @Mixin private SourceOptions source = new SourceOptions();
  @Mixin private RegistryLoginOptions logins = new RegistryLoginOptions();
  @Mixin private ServiceOptions service = new ServiceOptions();

  @Option(names = "--force", description = "Build even if the image is there, without any cache.")
  private boolean force;

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    Output output =
        service.isJson()
            ? new JsonOutput(System.out)
            : new PlainOutput(System.out, System.err, InstantSource.system());
    BuildRequest request =
        BuildRequest.newBuilder()
            .setSource(source.message(service))
            .setAuth(logins.auth(source.parsed(), service))
            .setForceRebuild(force)
            .setTriggeredBy(System.getProperty("user.name", ""))
            .setUseRetryClient(true)
            .build();
    try (ServiceClient client = service.connect();
        InterruptionNotice notice = new InterruptionNotice(output)) {
      BuildResponse last = new BuildFollower(client, notice).follow(request);
      return last.getStatus() == BuildStatus.done_success ? 0 : CommandFailure.FAILED;
    }
  }
}
