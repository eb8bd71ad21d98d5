package dev.imagebuilder.pipeline;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildOrder;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.DockerfileWishes;
import dev.imagebuilder.core.Engine;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.ImageTransfer;
import dev.imagebuilder.core.LayerCache;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryFailures;
import dev.imagebuilder.pipeline.git.GitSources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The steps of one build on one machine: fetch the source, build and push the base image, copy it
 * to the workspace repository. Safe for any number of builds at once.
 */
public final class Pipeline {
  private static final long LARGEST_DOCKERFILE = 4 << 20;

  private final PipelineOptions options;
  private final Engine engine;
  private final ImageTransfer transfer;
  private final GitSources sources;

  /** Puts the parts together. */
  public Pipeline(
      PipelineOptions options, Engine engine, ImageTransfer transfer, GitSources sources) {
    this.options = options;
    this.engine = engine;
    this.transfer = transfer;
    this.sources = sources;
  }

  /**
   * Runs one build to its end on the calling thread. Of a directory only the base image is made,
   * whose digest names the workspace image.
   *
   * @param folder exists, is empty, and for this build only; removed by the caller
   * @throws IOException if the folder cannot be used
   * @throws InterruptedException if interrupted; what the build started has ended when this comes
   */
  public BuildOutcome run(BuildOrder order, Path folder, BuildListener listener)
      throws IOException, InterruptedException {
    try {
      if (order.source() instanceof BuildSource.Directory directory) {
        return new BuildOutcome.Succeeded(build(order, directory, folder, listener));
      }
      ImageReference base = base(order, folder, listener);
      listener.event(new BuildEvent.Copying());
      return new BuildOutcome.Succeeded(copy(base, order));
    } catch (BuildFailedException e) {
      return DiskFull.isBehind(e) ? DiskFull.FAILURE : e.failure();
    } catch (IOException e) {
      if (DiskFull.isBehind(e)) {
        return DiskFull.FAILURE;
      }
      throw e;
    }
  }

  /** Which engine runs the Dockerfiles, one line for people. */
  public String describe() {
    return engine.describe();
  }

  private ImageReference base(BuildOrder order, Path folder, BuildListener listener)
      throws BuildFailedException, IOException, InterruptedException {
    return switch (order.source()) {
      case BuildSource.Image _ -> reference(order.baseRef());
      case BuildSource.Dockerfile source -> build(order, source, folder, listener);
      case BuildSource.Directory _ ->
          throw new IllegalStateException("a directory's workspace image has no name yet");
      case BuildSource.Unsupported(String why) ->
          throw new BuildFailedException(Failed.byUser(FailureReason.INTERNAL, why, ""));
    };
  }

  private ImageReference build(
      BuildOrder order, BuildSource.Dockerfile source, Path folder, BuildListener listener)
      throws BuildFailedException, IOException, InterruptedException {
    checkArguments(source.wishes());
    listener.event(new BuildEvent.Preparing());
    Path workspace = Files.createDirectory(folder.resolve("workspace"));
    sources.fetch(source.git(), workspace, listener);
    SourcePaths paths = SourcePaths.find(workspace, source);
    checkDockerfile(paths.dockerfile());
    ImageReference target = reference(order.baseRef());
    Digest pushed =
        engine.build(
            new Engine.DockerfileBuild(
                order.id(),
                new Engine.Context.Folder(paths.context()),
                paths.dockerfile(),
                target,
                order.force(),
                order.credentials(),
                source.wishes(),
                cache(source, target)),
            listener);
    return target.withDigest(pushed);
  }

  /** All commits of a Dockerfile share one. */
  private LayerCache cache(BuildSource.Dockerfile source, ImageReference target)
      throws BuildFailedException {
    if (options.cache() == PipelineOptions.CacheMode.OFF) {
      return new LayerCache.Off();
    }
    String identity = source.git().remoteUri() + "\n" + source.dockerfilePath() + "\n";
    String hash = Digest.of(identity.getBytes(StandardCharsets.UTF_8)).hex();
    ImageReference ref = reference(target.repository() + ":cache-" + hash);
    return options.cache() == PipelineOptions.CacheMode.INLINE
        ? new LayerCache.Inline(ref)
        : new LayerCache.InRegistry(ref);
  }

  private Digest build(
      BuildOrder order, BuildSource.Directory source, Path folder, BuildListener listener)
      throws BuildFailedException, IOException, InterruptedException {
    checkArguments(source.wishes());
    listener.event(new BuildEvent.Preparing());
    Path dockerfile = ServedDockerfile.receive(source, folder);
    checkDockerfile(dockerfile);
    return engine.build(
        new Engine.DockerfileBuild(
            order.id(),
            new Engine.Context.Served(source.files()),
            dockerfile,
            reference(order.baseRef()),
            order.force(),
            order.credentials(),
            source.wishes(),
            new LayerCache.Off()),
        listener);
  }

  private Digest copy(ImageReference base, BuildOrder order)
      throws BuildFailedException, InterruptedException {
    ImageReference target = reference(order.workspaceRef());
    var use =
        order.source() instanceof BuildSource.Image
            ? RegistryFailures.Use.PULL
            : RegistryFailures.Use.PUSH;
    try {
      return transfer.copy(base, target, order.credentials());
    } catch (RegistryException e) {
      boolean ours = target.repository().path().equals(e.exchange().repository());
      var failure = RegistryFailures.of(e, ours ? RegistryFailures.Use.PUSH : use);
      throw new BuildFailedException(failure, e);
    } catch (CredentialException e) {
      throw new BuildFailedException(RegistryFailures.of(e), e);
    }
  }

  private static void checkArguments(DockerfileWishes wishes) throws BuildFailedException {
    if (wishes.buildArgs().containsKey(Frontend.ARGUMENT)) {
      throw new BuildFailedException(
          Failed.byUser(
              FailureReason.DOCKERFILE_INVALID,
              "the build argument " + Frontend.ARGUMENT + " is not allowed here",
              "Say it in the Dockerfile's first line: # syntax=…"));
    }
  }

  private void checkDockerfile(Path dockerfile) throws IOException, BuildFailedException {
    if (Files.size(dockerfile) > LARGEST_DOCKERFILE) {
      throw new BuildFailedException(
          Failed.byUser(
              FailureReason.DOCKERFILE_INVALID,
              "the Dockerfile is larger than " + LARGEST_DOCKERFILE + " bytes",
              "Name a smaller one"));
    }
    Optional<String> refused = Frontend.refused(dockerfile, options.frontends());
    if (refused.isPresent()) {
      throw new BuildFailedException(
          Failed.byUser(
              FailureReason.DOCKERFILE_INVALID,
              "the Dockerfile's first lines ask for the frontend \""
                  + refused.get()
                  + "\", which is not allowed here",
              "Remove the \"# syntax=\" line, or ask the operator to add it to"
                  + " orchestrator.frontends.allowed"));
    }
  }

  private static ImageReference reference(String text) throws BuildFailedException {
    try {
      return ImageReference.parse(text);
    } catch (IllegalArgumentException e) {
      throw new BuildFailedException(
          Failed.bySystem(
              FailureReason.INTERNAL, String.valueOf(e.getMessage()), "Check the repositories"),
          e);
    }
  }
}
