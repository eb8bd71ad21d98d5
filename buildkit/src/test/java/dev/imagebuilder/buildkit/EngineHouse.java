package dev.imagebuilder.buildkit;

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
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.core.RegistryCredentials;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** An engine, a registry with a base image in it, and a folder for contexts. */
abstract class EngineHouse<E extends Engine> implements AutoCloseable {
  /** A user of registries with a password. */
  static final Credential LOGIN =
      new Credential.Password(DebianRegistry.USER, Secret.of(DebianRegistry.PASSWORD));

  final DebianRegistry registry;
  final TemporaryFolder folder;
  final E engine;
  private int names;

  EngineHouse(DebianRegistry registry, TemporaryFolder folder, E engine) {
    this.registry = registry;
    this.folder = folder;
    this.engine = engine;
  }

  /** Where nothing is yet. */
  Path newPath(String name) {
    return folder.path().resolve(name + "-" + names++);
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
    Path context = Files.createDirectory(newPath("context"));
    for (var file : files.entrySet()) {
      Path path = context.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue().replace("BASE", reference("base/busybox:1") + ""));
    }
    return new DockerfileBuild(
        BuildId.random(),
        context,
        context.resolve("Dockerfile"),
        reference("out:" + names),
        Force.IF_MISSING,
        credentials(LOGIN, LOGIN));
  }

  /** A build with every wish; its log tells of some. */
  DockerfileBuild wishful() throws IOException {
    var wishes =
        DockerfileWishes.NONE
            .withStage("first")
            .withBuildArgs(Map.of("WHO", "you"))
            .withLabels(Map.of("a.label", "its value"))
            .withPlatform(Platform.ofThisMachine())
            .withSecrets(Map.of("key", Secret.of("very secret")));
    return with(
        dockerfile(
            """
            FROM BASE AS first
            ARG WHO=me
            RUN --mount=type=secret,id=key echo $WHO $(wc -c < /run/secrets/key) characters
            FROM first
            RUN false
            """),
        wishes);
  }

  /** A build that prints what its steps see of the machine, and the sockets that they find. */
  DockerfileBuild curious() throws IOException {
    return dockerfile(
        """
        FROM BASE
        RUN env; cat /proc/*/environ /proc/*/cmdline | busybox tr '\\0' ' '; cat /etc/*; \
          cat /proc/net/unix; busybox ls -R /run /var/run /home /root; true
        RUN busybox find / -name proc -prune -o -type s -print -o -name config.json -print
        """);
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
  public abstract void close() throws IOException;
}
