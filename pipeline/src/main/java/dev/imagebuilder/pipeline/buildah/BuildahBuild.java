package dev.imagebuilder.pipeline.buildah;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.DockerfileWishes;
import dev.imagebuilder.core.Engine.DockerfileBuild;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.LayerCache;
import dev.imagebuilder.core.Platform;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** One build: check the Dockerfile, pull, build, and write the image as an OCI layout. */
final class BuildahBuild {
  private static final long LARGEST_DOCKERFILE = 4 << 20;

  private final DockerfileBuild build;
  private final BuildListener listener;
  private final BuildahCalls calls;
  private final BasePull bases;

  BuildahBuild(DockerfileBuild build, BuildListener listener, BuildahCalls calls, BasePull bases) {
    this.build = build;
    this.listener = listener;
    this.calls = calls;
    this.bases = bases;
  }

  /** What of the engine's settings a build needs. */
  record Settings(BuildahVersion version, StepNetwork network, Duration maxCacheAge) {}

  /** Runs it; returns the layout's folder. */
  Path run(Settings settings) throws BuildFailedException, IOException, InterruptedException {
    checkWishes();
    DockerfileText dockerfile = DockerfileText.parse(text());
    BuildahContext context = BuildahContext.of(build, calls.path("context"));
    pullBases(dockerfile, new DockerfileCheck(settings.version(), context.folder()));
    if (!(build.cache() instanceof LayerCache.Off)) {
      listener.line("Buildah keeps layers on this machine only: orchestrator.cache needs BuildKit");
    }
    build(dockerfile, settings, context);
    return layout();
  }

  private String text() throws BuildFailedException, IOException {
    if (Files.size(build.dockerfile()) > LARGEST_DOCKERFILE) {
      throw new BuildFailedException(
          Failed.byUser(
              FailureReason.DOCKERFILE_INVALID,
              "the Dockerfile is larger than " + LARGEST_DOCKERFILE + " bytes",
              ""));
    }
    byte[] bytes = Files.readAllBytes(build.dockerfile());
    // A copy under this name: Buildah runs a preprocessor on names that end with .in.
    Files.write(calls.path("Dockerfile"), bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private void pullBases(DockerfileText dockerfile, DockerfileCheck check)
      throws BuildFailedException, IOException, InterruptedException {
    try {
      List<ImageReference> images = check.images(dockerfile);
      calls.allowPlainHttp(
          images.stream().map(ImageReference::domain).filter(BuildahBuild::isLoopback).toList());
      for (ImageReference image : images) {
        bases.pull(image, build.id().toString(), listener);
        for (String trigger : bases.triggers(image)) {
          check.trigger(image, trigger);
        }
      }
    } catch (DockerfileFaultException e) {
      throw new BuildFailedException(e.failure(), e);
    }
  }

  private void build(DockerfileText dockerfile, Settings settings, BuildahContext context)
      throws BuildFailedException, IOException, InterruptedException {
    BuildahOutput output = new BuildahOutput(listener);
    int status = calls.call(arguments(settings, context), output);
    String error = output.error();
    if (status != 0) {
      throw new BuildFailedException(
          new BuildahFailures(dockerfile).of(status, error, output.step()));
    }
  }

  private List<String> arguments(Settings settings, BuildahContext context) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("build", "--format", "docker"));
    arguments.addAll(List.of("--file", calls.path("Dockerfile").toString()));
    arguments.addAll(List.of("--ignorefile", ignoreFile(context).toString()));
    arguments.addAll(List.of("--iidfile", calls.path("image").toString()));
    arguments.addAll(List.of("--pull=never", "--layers", "--force-rm", "--http-proxy=false"));
    arguments.addAll(List.of("--identity-label=false", "--network", word(settings.network())));
    arguments.addAll(
        build.bypassesCache()
            ? List.of("--no-cache")
            : List.of("--cache-ttl", settings.maxCacheAge().toHours() + "h"));
    arguments.addAll(wishes());
    arguments.addAll(calls.isolation());
    arguments.addAll(calls.policy());
    arguments.add(context.folder().toString());
    return arguments;
  }

  /** None of them is a secret: values of ARG end up in the image's history. */
  private List<String> wishes() {
    DockerfileWishes wishes = build.wishes();
    List<String> arguments = new ArrayList<>();
    if (!wishes.stage().isEmpty()) {
      arguments.addAll(List.of("--target", wishes.stage()));
    }
    wishes
        .buildArgs()
        .forEach((name, value) -> arguments.addAll(List.of("--build-arg", name + "=" + value)));
    wishes
        .labels()
        .forEach((name, value) -> arguments.addAll(List.of("--label", name + "=" + value)));
    return arguments;
  }

  /** What of the wishes Buildah cannot do here. */
  private void checkWishes() throws BuildFailedException {
    DockerfileWishes wishes = build.wishes();
    boolean isOtherPlatform =
        wishes.platform().filter(one -> !one.matches(Platform.ofThisMachine())).isPresent();
    if (isOtherPlatform || !wishes.secrets().isEmpty()) {
      throw new BuildFailedException(
          Failed.byUser(
              FailureReason.DOCKERFILE_INVALID,
              isOtherPlatform
                  ? "buildah builds for " + Platform.ofThisMachine() + " only here"
                  : "buildah gets no secrets here",
              "This needs BuildKit"));
    }
  }

  /** An empty one if there is none, so that Buildah looks for none. */
  private Path ignoreFile(BuildahContext context) throws IOException {
    return context.ignoreFile().isPresent()
        ? context.ignoreFile().get()
        : Files.createFile(calls.path("dockerignore"));
  }

  private Path layout() throws BuildFailedException, IOException, InterruptedException {
    listener.event(new BuildEvent.Pushing());
    String image = Files.readString(calls.path("image")).strip();
    Path written = calls.path("written");
    StringBuilder printed = new StringBuilder();
    Lines lines = new Lines(line -> printed.append(line).append('\n'));
    List<String> arguments = new ArrayList<>(List.of("push", "--quiet", "--format", "v2s2"));
    arguments.addAll(calls.policy());
    arguments.add(image.substring(image.indexOf(':') + 1));
    arguments.add("dir:" + written);
    int status = calls.call(arguments, lines);
    lines.finish();
    if (status != 0) {
      throw new BuildFailedException(
          BuildahFailures.isDiskFull(printed.toString())
              ? BuildahFailures.diskFull()
              : BuildahFailures.lost(status));
    }
    Path layout = calls.path("layout");
    OciLayout.make(written, layout);
    return layout;
  }

  static String word(StepNetwork network) {
    return switch (network) {
      case OWN -> "private";
      case AUTO, HOST -> "host";
      case NONE -> "none";
    };
  }

  private static boolean isLoopback(String domain) {
    int colon = domain.lastIndexOf(':');
    String host = colon > domain.lastIndexOf(']') ? domain.substring(0, colon) : domain;
    boolean isLiteral = Stream.of("127.", "[").anyMatch(host::startsWith);
    return host.equals("localhost") || (isLiteral && isLoopbackAddress(host));
  }

  private static boolean isLoopbackAddress(String literal) {
    try {
      return InetAddress.ofLiteral(literal.replace("[", "").replace("]", "")).isLoopbackAddress();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
