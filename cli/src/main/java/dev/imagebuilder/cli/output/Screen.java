package dev.imagebuilder.cli.output;

import java.util.List;

/**
 * The end of a terminal's text: lines that are drawn again and again, and above them lines that
 * stay. Says which bytes do that; the cursor is always on the empty line below.
 *
 * <p>Terminals wrap lines anew when they are resized: the width at which a line was drawn tells how
 * many rows it takes now. Lines are drawn with wrapping switched off, so that one that is too long
 * for a terminal that has just become narrower takes one row all the same.
 */
final class Screen {
  private static final String ERASE_REST_OF_LINE = "\u001b[K";
  private static final String ERASE_BELOW = "\u001b[J";
  private static final String WRAP_OFF = "\u001b[?7l";
  private static final String WRAP_ON = "\u001b[?7h";

  private List<Line> drawn = List.of();
  private int columns;

  /**
   * A line as it is drawn.
   *
   * @param text with colours
   * @param width in columns
   */
  record Line(String text, int width) {
    /** One without colours. */
    static Line plain(String text) {
      return new Line(text, TextWidth.of(text));
    }
  }

  /**
   * Replaces the drawn lines.
   *
   * @param staying lines that are added above; they may be longer than the terminal is wide
   * @param live no wider than the terminal, and fewer than it has rows
   */
  String frame(List<String> staying, List<Line> live, TerminalSize size) {
    StringBuilder bytes = new StringBuilder("\r");
    int up = Math.min(rows(size.columns()), size.rows() - 1);
    if (up > 0) {
      bytes.append("\u001b[").append(up).append('A');
    }
    if (!staying.isEmpty()) {
      bytes.append(ERASE_BELOW);
      staying.forEach(line -> bytes.append(line).append('\n'));
    }
    bytes.append(WRAP_OFF);
    for (Line line : live) {
      // Erased before and not after: after a full line the cursor is on its last character.
      bytes.append(ERASE_REST_OF_LINE).append(line.text()).append('\n');
    }
    bytes.append(WRAP_ON).append(ERASE_BELOW);
    drawn = List.copyOf(live);
    columns = size.columns();
    return bytes.toString();
  }

  /** How many rows the drawn lines take now. */
  private int rows(int columnsNow) {
    return drawn.stream()
        .mapToInt(line -> Math.min(line.width(), columns))
        .map(width -> Math.max(1, Math.ceilDiv(width, Math.max(1, columnsNow))))
        .sum();
  }
}
