package dev.imagebuilder.backend.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildOrder;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.Engine;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.GitSource;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.ImageTransfer;
import dev.imagebuilder.core.RegistryCredentials;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.pipeline.Pipeline;
import dev.imagebuilder.pipeline.PipelineOptions;
import dev.imagebuilder.pipeline.git.GitOptions;
import dev.imagebuilder.pipeline.git.GitSources;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalBackendTest {
  private static final Digest DIGEST = Digest.of("x".getBytes(StandardCharsets.UTF_8));

  @TempDir private Path workDir;
  private final List<Path> seen = new ArrayList<>();

  @Test
  void buildHasAFolderOfItsOwnThatIsGoneAfterwards() throws Exception {
    try (LocalBackend backend = open(1)) {
      assertThat(backend.run(order(), new Silent())).isEqualTo(new BuildOutcome.Succeeded(DIGEST));

      assertThat(seen).hasSize(1);
      assertThat(workDir.resolve("builds")).isEmptyDirectory();
    }
  }

  @Test
  void leftoversOfAKilledProcessAreRemoved() throws Exception {
    Files.createDirectories(workDir.resolve("builds/old/workspace"));

    try (LocalBackend _ = open(1)) {
      assertThat(workDir.resolve("builds")).isEmptyDirectory();
    }
  }

  @Test
  void secondProcessIsToldWhoHasTheFolder() throws Exception {
    try (LocalBackend _ = open(1)) {
      assertThatIOException()
          .isThrownBy(() -> open(1))
          .withMessageContaining(workDir.toString())
          .withMessageContaining("orchestrator.local.workDir");
    }
  }

  @Test
  void fullDiskEndsABuildBeforeItBegins() throws Exception {
    try (LocalBackend backend = open(Long.MAX_VALUE)) {
      Failed failed = (Failed) backend.run(order(), new Silent());

      assertThat(failed.reason()).isEqualTo(FailureReason.DISK_FULL);
      assertThat(seen).isEmpty();
    }
  }

  @Test
  void oneTimeLoginsAreRefused() throws Exception {
    var git =
        new GitSource(
            "https://git.example/a.git",
            "",
            GitSource.CloneMode.REMOTE_HEAD,
            "",
            "",
            false,
            GitSource.GitLogin.NONE,
            new GitSource.Extras(Map.of(), Secret.of("https://ots.example/1")));
    try (LocalBackend backend = open(1)) {
      assertThat(backend.refusal(new BuildSource.Dockerfile(git, "", "", "")).orElseThrow())
          .contains("BASIC_AUTH_OTS");
      assertThat(backend.refusal(new BuildSource.Image("base"))).isEmpty();
    }
  }

  private LocalBackend open(long minFreeBytes) throws Exception {
    var pipeline =
        new Pipeline(
            PipelineOptions.defaults(),
            new NoEngine(),
            new Copies(),
            new GitSources(GitOptions.defaults(), Network.ofJdk()));
    return LocalBackend.open(new LocalBackendOptions(workDir, minFreeBytes), pipeline);
  }

  private static BuildOrder order() {
    return new BuildOrder(
        BuildId.random(),
        "",
        new BuildSource.Image("base"),
        "reg.example/base@" + DIGEST,
        "reg.example/ws:1",
        "",
        Force.IF_MISSING,
        new Nobody());
  }

  /** Notes that it was called while the build's folder was there. */
  private final class Copies implements ImageTransfer {
    @Override
    public Digest copy(ImageReference from, ImageReference to, RegistryCredentials credentials) {
      assertThat(workDir.resolve("builds")).isNotEmptyDirectory();
      seen.add(workDir);
      return DIGEST;
    }

    @Override
    public Digest pushLayout(Path layout, ImageReference to, RegistryCredentials credentials) {
      throw new AssertionError("not pushed here");
    }
  }

  private static final class NoEngine implements Engine {
    @Override
    public String describe() {
      return "none";
    }

    @Override
    public Digest build(DockerfileBuild build, BuildListener listener) {
      throw new AssertionError("not built here");
    }
  }

  private static final class Nobody implements RegistryCredentials {
    @Override
    public Credential forPull(Repository repository) {
      return Credential.anonymous();
    }

    @Override
    public Credential forPush(Repository repository) {
      return Credential.anonymous();
    }
  }

  private static final class Silent implements BuildListener {
    @Override
    public void event(BuildEvent event) {}

    @Override
    public void log(byte[] output) {}
  }
}
