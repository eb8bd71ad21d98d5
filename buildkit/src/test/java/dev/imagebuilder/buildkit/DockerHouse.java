package dev.imagebuilder.buildkit;

import static dev.imagebuilder.buildkit.BuildkitHouse.LOGIN;
import static dev.imagebuilder.buildkit.BuildkitHouse.credentials;

import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.Engine.DockerfileBuild;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.DockerDaemon;
import dev.imagebuilder.testing.TemporaryFolder;
import dev.imagebuilder.testing.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A Docker Engine, a registry with a base image in it, and a folder for contexts. */
final class DockerHouse implements AutoCloseable {
  final DebianRegistry registry;
  final TemporaryFolder folder;
  final DockerDaemon daemon;
  final DockerEngine engine;
  private int contexts;

  private DockerHouse(
      DebianRegistry registry, TemporaryFolder folder, DockerDaemon daemon, DockerEngine engine) {
    this.registry = registry;
    this.folder = folder;
    this.daemon = daemon;
    this.engine = engine;
  }

  static DockerHouse open(DebianRegistry.Feature... features) throws Exception {
    DockerDaemon daemon = DockerDaemon.start();
    DebianRegistry registry = DebianRegistry.start(features);
    registry.client().push("base/busybox", "1", TestImages.busybox());
    TemporaryFolder folder = TemporaryFolder.named("docker");
    return new DockerHouse(registry, folder, daemon, engine(daemon));
  }

  /** Another service's engine, or this one's after its start. */
  static DockerEngine engine(DockerDaemon daemon) throws Exception {
    return DockerEngine.open(
        new DockerEngine.Place(
            new BuildkitAddress.Unix(daemon.socket()), "its usual socket", "image-builder-test"),
        StepNetwork.NONE,
        (wish, _) -> {
          throw new AssertionError("no registry here gives out tokens: " + wish);
        });
  }

  ImageReference reference(String name) {
    return ImageReference.parse(registry.domain() + "/" + name);
  }

  /** A build of a Dockerfile in which BASE stands for the base image; the context has a file. */
  DockerfileBuild dockerfile(String text) throws IOException {
    Path context = Files.createDirectory(folder.path().resolve("context-" + contexts++));
    var files = Map.of("Dockerfile", text, "hello", "hello from the context\n");
    for (var file : files.entrySet()) {
      Files.writeString(
          context.resolve(file.getKey()),
          file.getValue().replace("BASE", reference("base/busybox:1") + ""));
    }
    return new DockerfileBuild(
        BuildId.random(),
        context,
        context.resolve("Dockerfile"),
        reference("out:" + contexts),
        Force.IF_MISSING,
        credentials(LOGIN, LOGIN));
  }

  Digest built(DockerfileBuild build, Recorder recorder) throws InterruptedException {
    try {
      return engine.build(build, recorder);
    } catch (BuildFailedException e) {
      throw new AssertionError(e.failure() + "\n" + recorder.text(), e);
    }
  }

  /** Builds what should fail. */
  Failed failure(DockerfileBuild build) throws InterruptedException {
    try {
      throw new AssertionError("built " + engine.build(build, new Recorder()));
    } catch (BuildFailedException e) {
      return e.failure();
    }
  }

  @Override
  public void close() throws IOException {
    engine.close();
    daemon.close();
    registry.close();
    folder.close();
  }
}
