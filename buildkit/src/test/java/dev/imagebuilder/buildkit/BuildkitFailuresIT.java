package dev.imagebuilder.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildOutcome.FailedStep;
import dev.imagebuilder.core.FailureReason;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is wrong with a Dockerfile, as a real buildkitd says it, becomes the right failure. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BuildkitFailuresIT {
  private BuildkitHouse house;

  @BeforeAll
  void open() throws Exception {
    house = BuildkitHouse.open();
  }

  @AfterAll
  void close() throws Exception {
    if (house != null) {
      house.close();
    }
  }

  @Test
  void stepHasItsNumberLineAndExitCode() throws Exception {
    Failed failed = failure("FROM BASE\n\nRUN echo on && \\\n  exit 3\n");

    assertThat(failed.reason()).isEqualTo(FailureReason.STEP_FAILED);
    assertThat(failed.text())
        .isEqualTo("build failed: step 2/2 \"RUN echo on &&   exit 3\": exit code 3");
    assertThat(failed.step()).isEqualTo(new FailedStep("RUN echo on &&   exit 3", 3, 3));
  }

  @Test
  void programThatIsNotThereIsAFailedStep() throws Exception {
    assertThat(failure("FROM BASE\nRUN nosuchprogram\n").step())
        .isEqualTo(new FailedStep("RUN nosuchprogram", 2, 127));
    Failed noShell = failure("FROM BASE\nRUN [\"/nosuchprogram\"]\n");
    assertThat(noShell.reason()).isEqualTo(FailureReason.STEP_FAILED);
    assertThat(noShell.text()).contains("RUN [\"/nosuchprogram\"]");
  }

  @Test
  void missingSourceOfACopyIsNamed() throws Exception {
    Failed failed = failure("FROM BASE\nCOPY missing /\n");

    assertThat(failed.reason()).isEqualTo(FailureReason.STEP_FAILED);
    assertThat(failed.text())
        .startsWith("build failed: step 2/2 \"COPY missing /\": \"/missing\" is not there");
    assertThat(failed.step()).isEqualTo(new FailedStep("COPY missing /", 2, 0));
  }

  @Test
  void syntaxErrorHasItsLine() throws Exception {
    Failed failed = failure("FROM BASE\nRUNN x\n");

    assertThat(failed.reason()).isEqualTo(FailureReason.DOCKERFILE_INVALID);
    assertThat(failed.text()).contains("line 2", "RUNN");
    assertThat(failed.step()).isEqualTo(new FailedStep("RUNN x", 2, 0));
  }

  @Test
  void emptyAndUnfinishedDockerfilesAreInvalid() throws Exception {
    for (String text :
        new String[] {
          "", "# just a comment\n", "RUN true\n", "FROM\n", "FROM BASE\nFROM ${NOTHING}\n"
        }) {
      assertThat(failure(text).reason()).as(text).isEqualTo(FailureReason.DOCKERFILE_INVALID);
    }
  }

  @Test
  void missingImageIsNamed() throws Exception {
    Failed failed = failure("FROM " + house.reference("none:1") + "\n");

    assertThat(failed.reason()).isEqualTo(FailureReason.BASE_IMAGE_MISSING);
    assertThat(failed.text())
        .startsWith("build failed: resolve " + house.reference("none:1") + ": ");
    assertThat(failed.step()).isNotNull();
  }

  @Test
  void registryThatIsNotThereIsNamed() throws Exception {
    Failed failed = failure("FROM localhost:1/none:1\n");

    assertThat(failed.reason()).isEqualTo(FailureReason.REGISTRY_ERROR);
    assertThat(failed.text()).contains("localhost:1/none:1", "connection refused");
  }

  @Test
  void privilegesAreRefused() throws Exception {
    for (String flag : new String[] {"--network=host", "--security=insecure"}) {
      Failed failed = failure("FROM BASE\nRUN " + flag + " true\n");

      assertThat(failed.reason()).as(flag).isEqualTo(FailureReason.DOCKERFILE_INVALID);
      assertThat(failed.text()).contains("RUN " + flag, "not allowed");
    }
  }

  @Test
  void missingSecretAndSshAreFailedSteps() throws Exception {
    Failed secret = failure("FROM BASE\nRUN --mount=type=secret,id=x,required=true true\n");
    Failed ssh = failure("FROM BASE\nRUN --mount=type=ssh,required=true true\n");

    assertThat(secret.reason()).isEqualTo(FailureReason.STEP_FAILED);
    assertThat(ssh.reason()).isEqualTo(FailureReason.STEP_FAILED);
  }

  @Test
  void longDockerfileFailsLikeAShortOne() throws Exception {
    String padding = "# a comment of some length, to fill the file\n".repeat(2000);

    Failed failed = failure("FROM BASE\n" + padding + "RUN exit 4\n");

    assertThat(failed.step()).isEqualTo(new FailedStep("RUN exit 4", 2002, 4));
  }

  private Failed failure(String dockerfile) throws Exception {
    return house.failure(house.context(Map.of("Dockerfile", dockerfile)));
  }
}
