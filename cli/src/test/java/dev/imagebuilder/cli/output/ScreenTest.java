package dev.imagebuilder.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.cli.output.Screen.Line;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ScreenTest {
  private final Screen screen = new Screen();
  private final TerminalModel terminal = new TerminalModel(40, 10);

  private void draw(List<String> staying, List<String> live, int columns) {
    List<Line> lines = live.stream().map(Line::plain).toList();
    terminal.write(screen.frame(staying, lines, new TerminalSize(columns, 10)));
  }

  @Test
  void newLinesReplaceTheOldOnes() {
    draw(List.of(), List.of("one, rather long", "two", "three"), 40);
    draw(List.of(), List.of("1", "2"), 40);

    assertThat(terminal.text()).containsExactly("1", "2");
  }

  @Test
  void whatStaysIsAboveInOrder() {
    draw(List.of("a"), List.of("live"), 40);
    draw(List.of("b", "c"), List.of("live"), 40);
    draw(List.of(), List.of(), 40);

    assertThat(terminal.text()).containsExactly("a", "b", "c");
  }

  @Test
  void lineThatStaysMayBeLongerThanTheTerminalIsWide() {
    String longer = "x".repeat(45);

    draw(List.of(), List.of("live", "live"), 40);
    draw(List.of(longer), List.of("live"), 40);
    draw(List.of("end"), List.of(), 40);

    assertThat(terminal.text()).containsExactly("x".repeat(40), "xxxxx", "end");
  }

  @Test
  void fullLineKeepsItsLastCharacter() {
    draw(List.of(), List.of("y".repeat(39) + "…"), 40);

    assertThat(terminal.text()).containsExactly("y".repeat(39) + "…");
  }

  @Test
  void narrowerTerminalLeavesNothingBehind() {
    draw(List.of("stays"), List.of("z".repeat(40), "short", "z".repeat(25)), 40);

    terminal.resize(15);
    draw(List.of(), List.of("new"), 15);

    assertThat(terminal.text()).containsExactly("stays", "new");
  }

  @Test
  void terminalThatIsNarrowerThanWeKnowTakesOneRowForALine() {
    draw(List.of("stays"), List.of("short"), 40);

    terminal.resize(15);
    draw(List.of(), Stream.of("a", "b").map(c -> c.repeat(40)).toList(), 40);
    draw(List.of(), List.of("new"), 15);

    assertThat(terminal.text()).endsWith("new").doesNotContain("a".repeat(15));
  }
}
