package dev.imagebuilder.pipeline.buildah;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildOrder;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.GitSource;
import dev.imagebuilder.core.GitSource.CloneMode;
import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.pipeline.Pipeline;
import dev.imagebuilder.pipeline.PipelineOptions;
import dev.imagebuilder.pipeline.Recorder;
import dev.imagebuilder.pipeline.git.GitOptions;
import dev.imagebuilder.pipeline.git.GitSources;
import dev.imagebuilder.testing.GitRepositories;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The whole way, with nothing faked: git over http, Buildah, a registry with a password. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PipelineIT {
  private EngineHouse house;
  private GitRepositories git;

  @BeforeAll
  void open() throws Exception {
    house = EngineHouse.open();
    git = GitRepositories.withPassword("dev", "git-pass");
  }

  @AfterAll
  void close() throws Exception {
    if (git != null) {
      git.close();
    }
    if (house != null) {
      house.close();
    }
  }

  @Test
  void repositoryBecomesAWorkspaceImage(@TempDir Path folder) throws Exception {
    git.commit(
        "app",
        Map.of(
            "docker/Dockerfile",
            "# syntax=docker/dockerfile:1\nFROM "
                + house.reference("base/busybox:1")
                + "\nCOPY . /app\nRUN cat /app/file /app/.git/config\n",
            "file",
            "from git\n"));
    var recorder = new Recorder();

    BuildOutcome outcome = pipeline().run(order("docker/Dockerfile", "."), folder, recorder);

    assertThat(outcome).isInstanceOf(BuildOutcome.Succeeded.class);
    var image = ((BuildOutcome.Succeeded) outcome).workspaceImage();
    assertThat(house.registry.client().digest("workspace", "app")).contains(image);
    assertThat(house.registry.client().digest("bases", "app")).contains(image);
    assertThat(recorder.text()).contains("from git").doesNotContain("git-pass");
    assertThat(recorder.events())
        .startsWith(new BuildEvent.Preparing())
        .endsWith(new BuildEvent.Pushing(), new BuildEvent.Copying());
  }

  @Test
  void frontendThatIsNotAllowedIsRefused(@TempDir Path folder) throws Exception {
    git.commit("app", Map.of("Evil", "# syntax=evil.example/x\nFROM scratch\n"));

    BuildOutcome outcome = pipeline().run(order("Evil", ""), folder, new Recorder());

    assertThat(((Failed) outcome).reason()).isEqualTo(FailureReason.DOCKERFILE_INVALID);
    assertThat(outcome.text()).contains("evil.example/x").contains("frontends");
  }

  private Pipeline pipeline() {
    return new Pipeline(
        PipelineOptions.defaults(),
        house.engine,
        house.registries.transfer(),
        new GitSources(GitOptions.defaults(), Network.ofJdk()));
  }

  private BuildOrder order(String dockerfile, String context) {
    var login = new GitLogin("dev", Secret.of("git-pass"));
    var source =
        new GitSource(git.url("app"), "", CloneMode.REMOTE_BRANCH, "main", ".", false, login);
    return new BuildOrder(
        BuildId.random(),
        "",
        new BuildSource.Dockerfile(source, "", dockerfile, context),
        house.reference("bases:app").toString(),
        house.reference("workspace:app").toString(),
        "",
        Force.IF_MISSING,
        house.everything());
  }
}
