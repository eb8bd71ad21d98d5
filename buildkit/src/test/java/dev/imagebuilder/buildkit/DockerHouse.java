package dev.imagebuilder.buildkit;

import static dev.imagebuilder.buildkit.BuildkitHouse.LOGIN;
import static dev.imagebuilder.buildkit.BuildkitHouse.credentials;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.buildkit.docker.DockerApi;
import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.Engine.DockerfileBuild;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.DockerDaemon;
import dev.imagebuilder.testing.Peers;
import dev.imagebuilder.testing.TemporaryFolder;
import dev.imagebuilder.testing.TestImages;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A Docker Engine, a registry with a base image in it, and a folder for contexts. */
final class DockerHouse implements AutoCloseable {
  /** Whose names in the Engine's store are ours. */
  static final String OWNER = "image-builder-test";

  final DebianRegistry registry;
  final TemporaryFolder folder;
  final DockerDaemon daemon;
  final DockerEngine engine;
  final DockerApi docker;
  private int contexts;

  private DockerHouse(
      DebianRegistry registry, TemporaryFolder folder, DockerDaemon daemon, DockerEngine engine) {
    this.registry = registry;
    this.folder = folder;
    this.daemon = daemon;
    this.engine = engine;
    this.docker = new DockerApi(UnixDomainSocketAddress.of(daemon.socket()));
  }

  static DockerHouse open(DebianRegistry.Feature... features) throws Exception {
    DockerDaemon daemon = DockerDaemon.start();
    DebianRegistry registry = DebianRegistry.start(features);
    registry.client().push("base/busybox", "1", TestImages.busybox());
    return new DockerHouse(registry, TemporaryFolder.named("docker"), daemon, engine(daemon));
  }

  /** Another service's engine, or this one's after its start. */
  static DockerEngine engine(DockerDaemon daemon) throws Exception {
    return DockerEngine.open(
        new DockerEngine.Place(
            new BuildkitAddress.Unix(daemon.socket()), "its usual socket", OWNER),
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

  /** The same build, to be pushed by digest. */
  DockerfileBuild untagged(DockerfileBuild build) {
    return new DockerfileBuild(
        build.id(),
        build.context(),
        build.dockerfile(),
        reference("out"),
        build.force(),
        build.credentials(),
        build.wishes(),
        build.cache());
  }

  /** Puts an image into the Engine's store, as somebody else would; returns its id. */
  String imported(String name) throws Exception {
    Path content = folder.path().resolve("content.tar");
    Files.write(content, TestImages.textLayer("content", name).gzipped());
    Process docker =
        new ProcessBuilder(
                Peers.require("docker", "apt-get install docker.io").toString(),
                "--host=unix://" + daemon.socket(),
                "import",
                content.toString(),
                name)
            .redirectErrorStream(true)
            .start();
    String said = new String(docker.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(docker.waitFor()).as(said).isZero();
    return said.strip();
  }

  Failed failure(String dockerfile) throws Exception {
    return failure(dockerfile(dockerfile));
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
