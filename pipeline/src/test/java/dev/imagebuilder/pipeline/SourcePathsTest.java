package dev.imagebuilder.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.GitSource;
import dev.imagebuilder.core.GitSource.CloneMode;
import dev.imagebuilder.core.GitSource.GitLogin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SourcePathsTest {
  @TempDir private Path folder;
  private Path workspace;

  @BeforeEach
  void checkout() throws IOException {
    workspace = Files.createDirectory(folder.resolve("workspace"));
    Files.createDirectory(workspace.resolve("docker"));
    Files.writeString(workspace.resolve("docker/Dockerfile"), "FROM scratch\n");
    Files.writeString(folder.resolve("outside"), "secret");
    Files.createSymbolicLink(workspace.resolve("out"), Path.of("../outside"));
    Files.createSymbolicLink(workspace.resolve("up"), Path.of(".."));
    Files.createSymbolicLink(workspace.resolve("in"), Path.of("docker/Dockerfile"));
    Files.createSymbolicLink(workspace.resolve("loop"), Path.of("loop"));
  }

  @Test
  @Tag("row-56")
  void contextIsTheDockerfilesFolderUnlessSaid() throws Exception {
    SourcePaths paths = find("docker/Dockerfile", "");

    assertThat(paths.dockerfile()).isEqualTo(real("docker/Dockerfile"));
    assertThat(paths.context()).isEqualTo(real("docker"));
    assertThat(find("in", ".").dockerfile()).isEqualTo(real("docker/Dockerfile"));
    assertThat(find("in", ".").context()).isEqualTo(real(""));
  }

  @Test
  void linksOutOfTheCheckoutAreRefused() {
    assertThat(failure("out", ".").message()).contains("link out of the checkout");
    assertThat(failure("up/outside", ".").message()).contains("link out of the checkout");
    assertThat(failure("docker/Dockerfile", "up").message()).contains("link out of the checkout");
  }

  @Test
  void missingDockerfileIsSaidAsBefore() {
    Failed failed = failure("none/Dockerfile", "");

    assertThat(failed.reason()).isEqualTo(FailureReason.DOCKERFILE_MISSING);
    assertThat(failed.text())
        .isEqualTo(
            "build failed: could not find Dockerfile at \"none/Dockerfile\". Please double-check"
                + " the value specified in image.file in .gitpod.yml");
  }

  @Test
  void whatIsNoFileIsRefused() {
    assertThat(failure("docker", ".").message()).contains("is not a file");
    assertThat(failure("", "").message()).contains("is not a file");
    assertThat(failure("loop", ".").message()).contains("could not find");
    assertThat(failure("../outside", ".").message()).contains("leaves the checkout");
    assertThat(failure("docker/Dockerfile", "in").message()).contains("is not a folder");
    assertThat(failure("a\0b", ".").message()).contains("NUL");
    assertThat(failure("x".repeat(300), ".").message()).contains("could not find");
  }

  private SourcePaths find(String dockerfile, String context)
      throws BuildFailedException, IOException {
    var git = new GitSource("", "", CloneMode.REMOTE_HEAD, "", "", false, GitLogin.NONE);
    return SourcePaths.find(workspace, new BuildSource.Dockerfile(git, "", dockerfile, context));
  }

  private Failed failure(String dockerfile, String context) {
    try {
      throw new AssertionError("found " + find(dockerfile, context));
    } catch (BuildFailedException e) {
      return e.failure();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Path real(String inCheckout) throws IOException {
    return workspace.resolve(inCheckout).toRealPath();
  }
}
