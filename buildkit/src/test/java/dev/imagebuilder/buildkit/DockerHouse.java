package dev.imagebuilder.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.buildkit.docker.DockerApi;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.Engine.DockerfileBuild;
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

/** A Docker Engine, a registry with a base image in it, and a folder for contexts. */
final class DockerHouse extends EngineHouse<DockerEngine> {
  /** Whose names in the Engine's store are ours. */
  static final String OWNER = "image-builder-test";

  final DockerDaemon daemon;
  final DockerApi docker;

  private DockerHouse(
      DebianRegistry registry, TemporaryFolder folder, DockerDaemon daemon, DockerEngine engine) {
    super(registry, folder, engine);
    this.daemon = daemon;
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

  @Override
  public void close() throws IOException {
    engine.close();
    daemon.close();
    registry.close();
    folder.close();
  }
}
