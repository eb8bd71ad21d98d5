package dev.imagebuilder.buildkit;

import dev.imagebuilder.buildkit.daemon.OwnBuildkitd;
import dev.imagebuilder.buildkit.daemon.OwnBuildkitdOptions;
import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.DockerfileWishes;
import dev.imagebuilder.core.Engine;
import dev.imagebuilder.core.Engine.DockerfileBuild;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.LayerCache;
import dev.imagebuilder.core.RegistryCredentials;
import dev.imagebuilder.core.RegistryTokens;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.Peers;
import dev.imagebuilder.testing.TemporaryFolder;
import dev.imagebuilder.testing.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** A buildkitd of our own, a registry with a base image in it, and a folder for contexts. */
final class BuildkitHouse implements AutoCloseable {
  /** A user of registries with a password. */
  static final Credential LOGIN =
      new Credential.Password(DebianRegistry.USER, Secret.of(DebianRegistry.PASSWORD));

  private static final String INSTALL = "scripts/test, which makes it where Go is installed";

  final DebianRegistry registry;
  final TemporaryFolder folder;
  final OwnBuildkitd daemon;
  final BuildkitEngine engine;
  private int contexts;

  private BuildkitHouse(
      DebianRegistry registry, TemporaryFolder folder, OwnBuildkitd daemon, BuildkitEngine engine) {
    this.registry = registry;
    this.folder = folder;
    this.daemon = daemon;
    this.engine = engine;
  }

  static BuildkitHouse open(DebianRegistry.Feature... features) throws Exception {
    Peers.require("buildkitd", INSTALL);
    Peers.require("runc", "apt-get install runc");
    Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name")), "buildkitd needs root in these tests");
    DebianRegistry registry = DebianRegistry.start(features);
    registry.client().push("base/busybox", "1", TestImages.busybox());
    TemporaryFolder folder = TemporaryFolder.named("buildkit");
    OwnBuildkitd daemon =
        OwnBuildkitd.find(
                OwnBuildkitdOptions.defaults(folder.path().resolve("work"), System.getenv()))
            .orElseThrow();
    try {
      return new BuildkitHouse(registry, folder, daemon, engine(daemon));
    } catch (BuildkitException | RuntimeException e) {
      daemon.close();
      registry.close();
      folder.close();
      throw e;
    }
  }

  ImageReference reference(String name) {
    return ImageReference.parse(registry.domain() + "/" + name);
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
        credentials(LOGIN, LOGIN));
  }

  /** An engine with a daemon that has built nothing yet, as on another machine. */
  BuildkitEngine another() throws Exception {
    Path work = folder.path().resolve("another-" + contexts++);
    return engine(
        OwnBuildkitd.find(OwnBuildkitdOptions.defaults(work, System.getenv())).orElseThrow());
  }

  private static BuildkitEngine engine(OwnBuildkitd daemon)
      throws BuildkitException, InterruptedException {
    RegistryTokens none =
        (wish, _) -> {
          throw new AssertionError("no registry here gives out tokens: " + wish);
        };
    return BuildkitEngine.open(daemon, StepNetwork.AUTO, none);
  }

  static DockerfileBuild with(DockerfileBuild build, LayerCache cache) {
    return new DockerfileBuild(
        build.id(),
        build.context(),
        build.dockerfile(),
        build.target(),
        build.force(),
        build.credentials(),
        build.wishes(),
        cache);
  }

  /** The folder that a build's context is. */
  static Path folder(DockerfileBuild build) {
    return ((Engine.Context.Folder) build.context()).path();
  }

  static DockerfileBuild with(DockerfileBuild build, RegistryCredentials credentials) {
    return new DockerfileBuild(
        build.id(),
        build.context(),
        build.dockerfile(),
        build.target(),
        build.force(),
        credentials,
        build.wishes(),
        build.cache());
  }

  static DockerfileBuild with(DockerfileBuild build, DockerfileWishes wishes) {
    return new DockerfileBuild(
        build.id(),
        build.context(),
        build.dockerfile(),
        build.target(),
        build.force(),
        build.credentials(),
        wishes,
        build.cache());
  }

  static DockerfileBuild forced(DockerfileBuild build) {
    return new DockerfileBuild(
        build.id(),
        build.context(),
        build.dockerfile(),
        build.target(),
        Force.ALWAYS,
        build.credentials(),
        build.wishes(),
        build.cache());
  }

  static RegistryCredentials credentials(Credential pull, Credential push) {
    return new RegistryCredentials() {
      @Override
      public Credential forPull(Repository repository) {
        return pull;
      }

      @Override
      public Credential forPush(Repository repository) {
        return push;
      }
    };
  }

  /** Builds what should work; returns its log. */
  String built(DockerfileBuild build) throws Exception {
    var recorder = new Recorder();
    Digest digest = built(build, recorder);
    if (!registry
        .client()
        .digest(build.target().repository().path(), build.target().identifier())
        .equals(Optional.of(digest))) {
      throw new AssertionError("the registry has another digest than " + digest);
    }
    return recorder.text();
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
    return failure(build, new Recorder());
  }

  Failed failure(DockerfileBuild build, BuildListener recorder) throws InterruptedException {
    try {
      throw new AssertionError("built " + engine.build(build, recorder));
    } catch (BuildFailedException e) {
      return e.failure();
    }
  }

  @Override
  public void close() throws IOException {
    engine.close();
    registry.close();
    folder.close();
  }
}
