package dev.imagebuilder.backend.wsmanager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Blame;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildOutcome.Unproven;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.proto.wsman.WorkspacePhase;
import dev.imagebuilder.proto.wsman.WorkspaceStatus;
import dev.imagebuilder.testing.wsmanager.Ending;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class EndingsTest {

  @Test
  @Tag("row-85")
  void row85NoFailureIsASuccessIfTheImageIsThere() {
    Unproven unproven = (Unproven) of(Ending.success());

    assertThat(unproven.otherwise().text())
        .startsWith("image build did not produce a workspace image");
  }

  @Test
  @Tag("row-86")
  void row86FailedSaysMoreThanHeadlessTaskFailed() {
    assertThat(of(Ending.exit(1, "M")).text()).isEqualTo("M");
    assertThat(of(Ending.exit(1, "headless task failed: exit status 1")).text())
        .isEqualTo("headless task failed: exit status 1");
    assertThat(of(Ending.exit(0, "task")).text()).isEqualTo("task");
    assertThat(of(Ending.exit(1, "")).text())
        .isEqualTo("container workspace ran with an error: exit code 1");
  }

  @Test
  void whatTheUserCanMendStartsWithBuildFailed() {
    Failed failed =
        (Failed) of(Ending.taskFailed("build failed: could not find Dockerfile at \"x\""));

    assertThat(failed.text())
        .isEqualTo(
            "build failed: could not find Dockerfile at \"x\". Run gp validate in the repository");
    assertThat(failed.blame()).isEqualTo(Blame.USER);
    assertThat(failed.reason()).isEqualTo(FailureReason.DOCKERFILE_MISSING);
  }

  @Test
  void whatMk3sOwnBobSaysStaysAsItIs() {
    Failed failed = (Failed) of(Ending.taskFailed("exit status 1"));

    assertThat(failed.text())
        .isEqualTo("image build failed: exit status 1. Run gp validate in the repository");
    assertThat(failed.blame()).isEqualTo(Blame.SYSTEM);
  }

  @Test
  @Tag("row-38")
  @Tag("row-85")
  void endingsWithoutFailureSayWhatTheyWere() {
    assertThat(otherwise(Ending.timedOut("limit of 1h"))).contains("time limit", "limit of 1h");
    assertThat(otherwise(Ending.stopped())).contains("canceled", "stop");
    assertThat(otherwise(Ending.aborted())).contains("canceled", "abort");
    assertThat(otherwise(Ending.removed())).contains("removed");
    assertThat(otherwise(Ending.exit(137, ""))).contains("did not produce");
    Unproven gone = (Unproven) Endings.of(observed(Ending.success()).gone());
    assertThat(gone.otherwise().text()).contains("did not produce");
  }

  private static String otherwise(Ending ending) {
    return ((Unproven) of(ending)).otherwise().text();
  }

  private static BuildOutcome of(Ending ending) {
    return Endings.of(observed(ending));
  }

  private static Observed observed(Ending ending) {
    return Observed.after(
        null,
        WorkspaceStatus.newBuilder()
            .setId("w")
            .setPhase(WorkspacePhase.STOPPING)
            .setConditions(ending.conditions())
            .build());
  }
}
