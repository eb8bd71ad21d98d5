package dev.imagebuilder.pipeline.buildah;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildOutcome.FailedStep;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.pipeline.Recorder;
import org.junit.jupiter.api.Test;

final class BuildahFailuresTest {
  private final Recorder recorder = new Recorder();
  private final BuildahOutput output = new BuildahOutput(recorder);

  @Test
  void stepsBecomeEventsAlsoOverChunks() {
    print("[2/3] STEP 4/", "5: RUN make\nplain\nSTEP 9/2: no step\nSTEP x\n");

    assertThat(recorder.events()).containsExactly(new BuildEvent.Building(4, 5, "RUN make"));
    assertThat(recorder.text()).contains("plain");
  }

  @Test
  void failedStepHasLineAndExitCode() {
    print(
        "STEP 2/3: RUN make all\n",
        "Error: building at STEP \"RUN make all\": while running runtime: exit status 2");

    Failed failed = failure(2, "FROM a\n\nRUN make \\\n all\nCMD x\n");

    assertThat(failed.reason()).isEqualTo(FailureReason.STEP_FAILED);
    assertThat(failed.step()).isEqualTo(new FailedStep("RUN make all", 3, 2));
    assertThat(failed.text()).isEqualTo("build failed: step 2/3 \"RUN make all\": exit code 2");
  }

  @Test
  void lastErrorCountsNotWhatAStepPrinted() {
    print(
        "STEP 2/2: RUN evil\n",
        "Error: no space left on device\n",
        "Error: building at STEP \"RUN evil\": while running runtime: exit status 1\n");

    assertThat(failure(1, "FROM a\nRUN evil\n").reason()).isEqualTo(FailureReason.STEP_FAILED);
  }

  @Test
  void missingFileIsNamedAndTheServicesOwnFolderIsNot() {
    print(
        "STEP 2/2: COPY \"no there\" /b\n",
        "Error: building at STEP \"COPY \"no there\" /b\": checking on sources under"
            + " \"/private/context\": copier: stat: \"/no there\": no such file or directory\n");

    Failed failed = failure(125, "FROM a\nCOPY \"no there\" /b\n");

    assertThat(failed.text())
        .endsWith(
            "\"/no there\" is not there. Check the path; what .dockerignore names is not there"
                + " either")
        .doesNotContain("private");
  }

  @Test
  void unknownInstructionIsSaidWithoutGosFormOfIt() {
    print(
        "STEP 2/2: RUM echo\n",
        "Error: building at STEP \"RUM echo\": Build error: Unknown instruction: \"RUM\""
            + " &imagebuilder.Step{Env:[]string{\"PATH=/bin\"}, Command:\"rum\"}\n");

    Failed failed = failure(125, "FROM a\nRUM echo\n");

    assertThat(failed.reason()).isEqualTo(FailureReason.DOCKERFILE_INVALID);
    assertThat(failed.message()).isEqualTo("step 2/2 \"RUM echo\": Unknown instruction: \"RUM\"");
  }

  @Test
  void fullDiskIsSeen() {
    print(
        "STEP 2/2: COPY a b\n",
        "Error: building at STEP \"COPY a b\": storing: write /x: no space left on device\n");

    assertThat(failure(125, "FROM a\nCOPY a b\n").reason()).isEqualTo(FailureReason.DISK_FULL);
  }

  @Test
  void silentEndIsALostEngine() {
    Failed failed = failure(137, "FROM a\n");

    assertThat(failed.reason()).isEqualTo(FailureReason.ENGINE_LOST);
    assertThat(failed.message()).contains("signal 9");
  }

  @Test
  void hugeLineIsCutButPassedOn() {
    print("x".repeat(100_000), "\nSTEP 1/1: FROM a\n");

    assertThat(recorder.text()).hasSizeGreaterThan(100_000);
    assertThat(recorder.events()).hasSize(1);
  }

  private void print(String... chunks) {
    for (String chunk : chunks) {
      output.accept(chunk.getBytes(UTF_8));
    }
  }

  private Failed failure(int status, String dockerfile) {
    String error = output.end(status);
    return new BuildahFailures(DockerfileText.parse(dockerfile)).of(status, error, output.step());
  }
}
