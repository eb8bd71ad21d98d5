package dev.imagebuilder.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.cli.output.Screen.Line;
import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.Step;
import dev.imagebuilder.proto.v1.Transfer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BuildFrameTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Style PLAIN = new Style(false, true);

  private final BuildView view = new BuildView();

  private static Step.Builder step(String id, String name, Step.State state) {
    return Step.newBuilder().setId(id).setName(name).setState(state);
  }

  private List<String> live(int columns, int rows) {
    return new BuildFrame(new TerminalSize(columns, rows), PLAIN)
        .live(view, START, START.plusSeconds(12)).stream().map(Line::text).toList();
  }

  private void busy() {
    view.build(BuildInfo.newBuilder().setId("1").setState(BuildInfo.State.BUILDING).build());
    view.step(step("1", "[1/3] FROM alpine", Step.State.CACHED).build(), START);
    view.step(
        step("2", "[2/3] RUN make everything that there is to be made", Step.State.STARTED).build(),
        START.plusSeconds(2));
    view.log("#2 [2/3] RUN make everything that there is to be made\n");
    view.log("#2 compiling\tone\n#2 compiling 漢字 " + "long ".repeat(100) + "\n");
    view.sent(12_345_678);
  }

  @Test
  void runningStepShowsItsTimeAndItsLastLines() {
    busy();

    assertThat(live(80, 24))
        .containsExactly(
            " ▸  10.0s  [2/3] RUN make everything that there is to be made",
            "           compiling  one",
            "           compiling 漢字 " + "long ".repeat(10) + "lon…",
            "    12.0s  building · 2 steps, 1 cached · 12.3 MB sent");
  }

  @Test
  void narrowTerminalShowsTheSameInFewerColumns() {
    busy();

    assertThat(live(20, 24))
        .containsExactly(
            "▸ 10.0s [2/3] RUN m…",
            "  compiling  one",
            "  compiling 漢字 lo…",
            "12.0s building · 2 …");
  }

  @Test
  void noLineIsWiderThanTheTerminal() {
    busy();

    for (int columns : new int[] {1, 2, 5, 9, 12, 20, 49, 50, 80, 500}) {
      assertThat(new BuildFrame(new TerminalSize(columns, 24), PLAIN).live(view, START, START))
          .allSatisfy(line -> {
            assertThat(line.width()).isLessThanOrEqualTo(columns);
            assertThat(TextWidth.of(line.text())).isEqualTo(line.width());
          });
    }
  }

  @Test
  void thereAreFewerLinesThanRows() {
    view.build(BuildInfo.newBuilder().setId("1").build());
    for (int i = 0; i < 50; i++) {
      view.step(step("" + i, "step " + i, Step.State.STARTED).build(), START);
      view.log("#" + i + " a line\n#" + i + " another\n");
    }

    for (int rows : new int[] {1, 2, 3, 4, 7, 24}) {
      assertThat(live(80, rows)).hasSizeLessThanOrEqualTo(Math.max(1, rows - 1));
    }
  }

  @Test
  void transfersShowTheirBytes() {
    Step pulling =
        step("1", "[1/2] FROM alpine", Step.State.STARTED)
            .addTransfers(Transfer.newBuilder().setName("sha256:aa").setDone(5).setTotal(5))
            .addTransfers(
                Transfer.newBuilder().setName("sha256:bb").setDone(1_500_000).setTotal(30_000_000))
            .addTransfers(Transfer.newBuilder().setName("transferring context:").setDone(999))
            .build();
    view.build(BuildInfo.newBuilder().setId("1").build());
    view.step(pulling, START);

    assertThat(live(80, 24))
        .contains(
            "           1.50 MB of 30.0 MB  sha256:bb", "           999 B  transferring context:")
        .noneMatch(line -> line.contains("sha256:aa"));
  }

  @Test
  void endedStepsShowTheirTimeOrThatTheyWereCached() {
    BuildFrame frame = new BuildFrame(TerminalSize.USUAL, PLAIN);
    var time = com.google.protobuf.Duration.newBuilder().setSeconds(62);

    assertThat(frame.ended(step("1", "[1/2] FROM a", Step.State.CACHED).build()))
        .isEqualTo(" ✓ cached  [1/2] FROM a");
    assertThat(frame.ended(step("2", "[2/2] RUN b", Step.State.COMPLETED).setTime(time).build()))
        .isEqualTo(" ✓  1m02s  [2/2] RUN b");
  }

  @Test
  void failureShowsWhatTheStepPrintedButNotWhatIsSaidAgainBelow() {
    view.build(BuildInfo.newBuilder().setId("1").build());
    view.step(step("1.2", "[2/2] RUN make", Step.State.FAILED).build(), START);
    view.log("STEP 1/2: FROM a\nold\nSTEP 2/2: RUN make\nmake: no rule\n");
    view.log("Error: building at STEP \"RUN make\": exit status 2\n");

    assertThat(new BuildFrame(TerminalSize.USUAL, PLAIN).failures(view, START))
        .containsExactly(" ✗   0.0s  [2/2] RUN make", "           make: no rule");
  }

  @Test
  void signsOfTheTerminalsCharacterSet() {
    view.build(BuildInfo.newBuilder().setId("1").build());
    view.step(step("1", "[1/1] FROM a", Step.State.STARTED).build(), START);

    List<Line> lines =
        new BuildFrame(TerminalSize.USUAL, new Style(false, false)).live(view, START, START);

    assertThat(lines).extracting(Line::text).allMatch(text -> text.chars().allMatch(c -> c < 128));
  }
}
