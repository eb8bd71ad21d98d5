package dev.imagebuilder.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildOrder;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Blame;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.DockerfileWishes;
import dev.imagebuilder.core.Engine;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.GitSource;
import dev.imagebuilder.core.GitSource.CloneMode;
import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.ImageTransfer;
import dev.imagebuilder.core.RegistryCredentials;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.pipeline.git.GitOptions;
import dev.imagebuilder.pipeline.git.GitSources;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PipelineTest {
  private static final Digest DIGEST = Digest.of("x".getBytes(StandardCharsets.UTF_8));
  private static final String BASE = "reg.example/base@" + DIGEST;

  @TempDir private Path folder;
  private final Recorder recorder = new Recorder();
  private final CopyOnly transfer = new CopyOnly();
  private final Pipeline pipeline =
      new Pipeline(
          PipelineOptions.defaults(),
          new NoEngine(),
          transfer,
          new GitSources(GitOptions.defaults(), Network.ofJdk()));

  @Test
  void imageSourceIsOnlyCopied() throws Exception {
    BuildOutcome outcome = run(new BuildSource.Image("base"));

    assertThat(outcome).isEqualTo(new BuildOutcome.Succeeded(DIGEST));
    assertThat(transfer.copies).containsExactly(BASE + " -> reg.example/ws:1");
    assertThat(recorder.events()).containsExactly(new BuildEvent.Copying());
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void refusedSourceEndsBeforeAnythingRuns() throws Exception {
    var git =
        new GitSource("ext::sh -c id", "", CloneMode.REMOTE_HEAD, "", "", false, GitLogin.NONE);

    BuildOutcome outcome = run(new BuildSource.Dockerfile(git, "", "Dockerfile", "."));

    assertThat(outcome).isInstanceOf(Failed.class);
    assertThat(((Failed) outcome).reason()).isEqualTo(FailureReason.SOURCE_DENIED);
    assertThat(recorder.text()).isEmpty();
    assertThat(transfer.copies).isEmpty();
  }

  @Test
  void argumentThatNamesAFrontendIsRefusedBeforeAnythingRuns() throws Exception {
    var git =
        new GitSource(
            "https://git.invalid/x", "", CloneMode.REMOTE_HEAD, "", "", false, GitLogin.NONE);
    var wishes =
        DockerfileWishes.NONE.withBuildArgs(Map.of("BUILDKIT_SYNTAX", "docker/dockerfile:1"));

    BuildOutcome outcome = run(new BuildSource.Dockerfile(git, "", "Dockerfile", ".", wishes));

    assertThat(((Failed) outcome).reason()).isEqualTo(FailureReason.DOCKERFILE_INVALID);
    assertThat(((Failed) outcome).text()).contains("BUILDKIT_SYNTAX is not allowed here");
    assertThat(recorder.events()).isEmpty();
  }

  @Test
  void copyThatTheWorkspaceRepositoryRefusesIsTheSystemsFault() throws Exception {
    transfer.refusal =
        Optional.of(
            new RegistryException(
                RegistryException.Reason.DENIED,
                "push reg.example/ws: 403",
                new RegistryException.Exchange("PUT", "reg.example", "ws", 403, List.of(), null, 1),
                null));

    BuildOutcome outcome = run(new BuildSource.Image("base"));

    assertThat(((Failed) outcome).reason()).isEqualTo(FailureReason.REGISTRY_DENIED);
    assertThat(((Failed) outcome).blame()).isEqualTo(Blame.SYSTEM);
  }

  private BuildOutcome run(BuildSource source) throws Exception {
    var order =
        new BuildOrder(
            BuildId.random(), "", source, BASE, "reg.example/ws:1", "", Force.IF_MISSING, NOBODY);
    return pipeline.run(order, folder, recorder);
  }

  private static final RegistryCredentials NOBODY =
      new RegistryCredentials() {
        @Override
        public Credential forPull(Repository repository) {
          return Credential.anonymous();
        }

        @Override
        public Credential forPush(Repository repository) {
          return Credential.anonymous();
        }
      };

  private static final class CopyOnly implements ImageTransfer {
    private final List<String> copies = new ArrayList<>();
    private Optional<RegistryException> refusal = Optional.empty();

    @Override
    public Digest copy(ImageReference from, ImageReference to, RegistryCredentials credentials)
        throws RegistryException {
      if (refusal.isPresent()) {
        throw refusal.get();
      }
      copies.add(from + " -> " + to);
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
    public Digest build(DockerfileBuild build, BuildListener listener) throws BuildFailedException {
      throw new AssertionError("not built here");
    }
  }
}
