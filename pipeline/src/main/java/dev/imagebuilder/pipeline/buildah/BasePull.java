package dev.imagebuilder.pipeline.buildah;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Images;
import dev.imagebuilder.core.RegistryCredentials;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryFailures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Pulls the images that a Dockerfile names, one by one, before any step runs: no step is ever
 * beside a credential, and an image that another build has pulled is used only by those whom its
 * registry gives it.
 */
final class BasePull {
  private final BuildahCalls calls;
  private final Path secrets;
  private final Images images;
  private final RegistryCredentials credentials;

  BasePull(BuildahCalls calls, Path secrets, Images images, RegistryCredentials credentials) {
    this.calls = calls;
    this.secrets = secrets;
    this.images = images;
    this.credentials = credentials;
  }

  /** Pulls one image. */
  void pull(ImageReference image, String build, BuildListener listener)
      throws BuildFailedException, IOException, InterruptedException {
    listener.line("pulling " + image);
    Credential credential = credential(image);
    StringBuilder printed = new StringBuilder();
    int status;
    try (AuthFile auth = AuthFile.write(secrets, build, image, credential)) {
      List<String> arguments = new ArrayList<>(List.of("pull", "--quiet", "--policy", "always"));
      arguments.addAll(List.of("--authfile", auth.path().toString()));
      arguments.addAll(calls.policy());
      arguments.addAll(calls.trust());
      arguments.add("docker://" + image.lookupForm());
      Lines lines = new Lines(line -> printed.append(line).append('\n'));
      status = calls.call(arguments, lines);
      lines.finish();
    }
    if (status != 0) {
      throw new BuildFailedException(why(image, credential, status, printed.toString()));
    }
  }

  /** The ONBUILD triggers of a pulled image, quoted as Go does; one a line. */
  List<String> triggers(ImageReference image) throws IOException, InterruptedException {
    List<String> triggers = new ArrayList<>();
    Lines lines = new Lines(triggers::add);
    int status =
        calls.call(
            List.of(
                "inspect",
                "--type",
                "image",
                "--format",
                "{{range .Docker.Config.OnBuild}}{{printf \"%q\\n\" .}}{{end}}",
                image.lookupForm()),
            lines);
    lines.finish();
    if (status != 0) {
      throw new IOException("buildah inspect " + image + ": " + String.join("; ", triggers));
    }
    return triggers.stream().filter(line -> !line.isEmpty()).toList();
  }

  private Credential credential(ImageReference image) throws BuildFailedException {
    try {
      return credentials.forPull(image.repository());
    } catch (CredentialException e) {
      throw new BuildFailedException(RegistryFailures.of(e), e);
    }
  }

  /** Our own client asks again: it tells a missing image from a limit and from a refusal. */
  private Failed why(ImageReference image, Credential credential, int status, String printed)
      throws InterruptedException {
    if (BuildahFailures.isDiskFull(printed)) {
      return BuildahFailures.diskFull();
    }
    if (status > 128) {
      return BuildahFailures.lost(status);
    }
    try {
      images.resolve(image, credential, Attempts.ONE);
    } catch (RegistryException e) {
      return RegistryFailures.of(e, RegistryFailures.Use.PULL);
    }
    String error =
        printed.lines().filter(line -> line.startsWith("Error: ")).findFirst().orElse("");
    return Failed.bySystem(
        FailureReason.REGISTRY_ERROR,
        "pull " + image + ": " + error.replace("Error: ", ""),
        "Check that this machine can read from " + image.domain());
  }
}
