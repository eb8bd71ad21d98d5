package dev.imagebuilder.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.Step;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class BuildViewTest {
  private final BuildView view = new BuildView();

  @BeforeEach
  void begin() {
    view.build(BuildInfo.newBuilder().setId("1").build());
  }

  private static Step step(String id, Step.State state) {
    return Step.newBuilder().setId(id).setName("step " + id).setState(state).build();
  }

  @Test
  void linesThatComeBeforeTheirStepAreKeptForIt() {
    view.log("#7 early\n#8 other\n");
    view.step(step("7", Step.State.STARTED), Instant.EPOCH);

    assertThat(view.tail(step("7", Step.State.STARTED), 5)).containsExactly("early");
  }

  @Test
  void stepThatEndedIsHandedOutOnceHoweverOftenItIsSaid() {
    view.step(step("1", Step.State.COMPLETED), Instant.EPOCH);

    assertThat(view.takeFinished()).hasSize(1);
    view.step(step("1", Step.State.COMPLETED), Instant.EPOCH);

    assertThat(view.takeFinished()).isEmpty();
    assertThat(view.open()).isEmpty();
  }

  @Test
  void stepThatWasLookedUpAndIsDoneLaterIsShownAgainIfItTakesLong() {
    view.step(step("1", Step.State.COMPLETED), Instant.EPOCH);
    view.takeFinished();

    view.step(step("1", Step.State.STARTED), Instant.EPOCH);
    assertThat(view.open()).hasSize(1);
    assertThat(view.steps()).isEqualTo("1 step");
    view.step(step("1", Step.State.COMPLETED), Instant.EPOCH.plusMillis(200));

    assertThat(view.takeFinished()).isEmpty();
    view.step(step("1", Step.State.STARTED), Instant.EPOCH);
    view.step(step("1", Step.State.COMPLETED), Instant.EPOCH.plusSeconds(9));

    assertThat(view.takeFinished()).hasSize(1);
  }

  @Test
  void outputWithoutNumbersBelongsToTheNewestStep() {
    view.step(step("1.1", Step.State.STARTED), Instant.EPOCH);
    view.step(step("1.2", Step.State.STARTED), Instant.EPOCH);
    view.log("hello\n");

    assertThat(view.tail(step("1.1", Step.State.STARTED), 5)).isEmpty();
    assertThat(view.tail(step("1.2", Step.State.STARTED), 5)).containsExactly("hello");
  }

  @Test
  void anotherBuildBeginsWithNothing() {
    view.step(step("1", Step.State.STARTED), Instant.EPOCH);
    view.log("#1 old\n");

    assertThat(view.build(BuildInfo.newBuilder().setId("2").build())).isTrue();

    assertThat(view.open()).isEmpty();
    assertThat(view.tail(step("1", Step.State.STARTED), 5)).isEmpty();
    assertThat(view.steps()).isEmpty();
  }

  @Test
  void longLinesAndManyLinesAreNotAllKept() {
    view.step(step("1.1", Step.State.STARTED), Instant.EPOCH);
    for (int i = 0; i < 100; i++) {
      view.log("x".repeat(100_000));
    }
    view.log("\n");
    for (int i = 0; i < 10_000; i++) {
      view.log("#" + i + " forged\nline " + i + "\n");
    }

    assertThat(view.tail(step("1.1", Step.State.STARTED), Integer.MAX_VALUE))
        .hasSize(30)
        .endsWith("line 9999");
  }
}
