package dev.imagebuilder.pipeline.buildah;

import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.Engine.DockerfileBuild;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.core.RegistryCredentials;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.pipeline.Recorder;
import dev.imagebuilder.registry.Registries;
import dev.imagebuilder.registry.RegistryOptions;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.Peers;
import dev.imagebuilder.testing.TemporaryFolder;
import dev.imagebuilder.testing.TestImages;
import dev.imagebuilder.testing.TestImages.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** Buildah, a registry with a password, a base image in it, and a folder for contexts. */
final class EngineHouse implements AutoCloseable {
  final DebianRegistry registry;
  final TemporaryFolder folder;
  final Registries registries;
  final BuildahEngine engine;
  private int contexts;

  private EngineHouse(
      DebianRegistry registry,
      TemporaryFolder folder,
      Registries registries,
      BuildahEngine engine) {
    this.registry = registry;
    this.folder = folder;
    this.registries = registries;
    this.engine = engine;
  }

  static EngineHouse open() throws Exception {
    Peers.require("buildah", "apt-get install buildah runc");
    Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name")), "Buildah needs root in these tests");
    DebianRegistry registry = DebianRegistry.start(DebianRegistry.Feature.PASSWORD);
    TemporaryFolder folder = TemporaryFolder.named("engine");
    Registries registries = new Registries(RegistryOptions.defaults(), Network.ofJdk());
    BuildahEngine engine =
        BuildahEngine.find(
                BuildahOptions.defaults(folder.path().resolve("work")),
                registries.images(Platform.LINUX_AMD64),
                registries.transfer())
            .orElseThrow();
    EngineHouse house = new EngineHouse(registry, folder, registries, engine);
    house.pushBase("base/busybox:1", "");
    return house;
  }

  /** Pushes a busybox whose configuration has more members. */
  void pushBase(String name, String more) throws IOException {
    ImageReference to = reference(name);
    registry
        .client()
        .push(to.repository().path(), to.identifier(), TestImages.busybox(Format.DOCKER, more));
  }

  ImageReference reference(String name) {
    return ImageReference.parse(registry.domain() + "/" + name);
  }

  /** The user's login for every repository of this registry. */
  RegistryCredentials everything() {
    return credentials(
        new Credential.Password(DebianRegistry.USER, Secret.of(DebianRegistry.PASSWORD)));
  }

  static RegistryCredentials credentials(Credential credential) {
    return new RegistryCredentials() {
      @Override
      public Credential forPull(Repository repository) {
        return credential;
      }

      @Override
      public Credential forPush(Repository repository) {
        return credential;
      }
    };
  }

  /** A build of a Dockerfile in which BASE stands for the base image; the context has a file. */
  DockerfileBuild dockerfile(String text) throws IOException {
    return context(Map.of("Dockerfile", text, "hello", "hello from the context\n"));
  }

  /** A build of {@code Dockerfile} in a context of these files. */
  DockerfileBuild context(Map<String, String> files) throws IOException {
    Path context = Files.createDirectory(folder.path().resolve("context-" + contexts++));
    for (var file : files.entrySet()) {
      Path path = context.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue().replace("BASE", reference("base/busybox:1") + ""));
    }
    return new DockerfileBuild(
        BuildId.random(),
        context,
        context.resolve("Dockerfile"),
        reference("out:" + contexts),
        Force.IF_MISSING,
        everything());
  }

  /** Builds what should fail. */
  Failed failure(DockerfileBuild build) throws InterruptedException {
    return failure(build, new Recorder());
  }

  Failed failure(DockerfileBuild build, Recorder recorder) throws InterruptedException {
    try {
      Digest pushed = engine.build(build, recorder);
      throw new AssertionError("built " + pushed + "\n" + recorder.text());
    } catch (BuildFailedException e) {
      return e.failure();
    }
  }

  /** The folder of the engine's builds. */
  Path builds() {
    return folder.path().resolve("work/builds");
  }

  @Override
  public void close() throws IOException {
    engine.close();
    registries.close();
    registry.close();
    folder.close();
  }
}
