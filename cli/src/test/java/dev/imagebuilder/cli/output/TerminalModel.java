package dev.imagebuilder.cli.output;

import java.util.ArrayList;
import java.util.List;

/**
 * What a terminal makes of the few control sequences that we use: enough of one to see what is on
 * it. Lines that scroll off the top are kept. It wraps its lines anew when it is resized.
 */
final class TerminalModel {
  private final List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
  private int columns;
  private final int rows;
  private int row;
  private int column;
  private boolean wraps = true;

  TerminalModel(int columns, int rows) {
    this.columns = columns;
    this.rows = rows;
  }

  /** All lines that are not empty at the end, oldest first, each as it stands in its rows. */
  List<String> text() {
    List<String> text =
        new ArrayList<>(lines.stream().map(it -> it.toString().stripTrailing()).toList());
    while (!text.isEmpty() && text.getLast().isEmpty()) {
      text.removeLast();
    }
    return text;
  }

  void write(String bytes) {
    for (int i = 0; i < bytes.length(); i++) {
      char c = bytes.charAt(i);
      if (c == '\u001b') {
        int end = i + 2;
        while (!Character.isLetter(bytes.charAt(end))) {
          end++;
        }
        sequence(bytes.substring(i + 2, end), bytes.charAt(end));
        i = end;
      } else if (c == '\n') {
        newLine();
      } else if (c == '\r') {
        column = 0;
      } else {
        put(c);
      }
    }
  }

  /** Rows that are longer than it is wide become several, as in most terminals of today. */
  void resize(int newColumns) {
    columns = newColumns;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).length() > columns) {
        lines.add(i + 1, new StringBuilder(lines.get(i).substring(columns)));
        lines.get(i).setLength(columns);
        row += i < row ? 1 : 0;
      }
    }
  }

  private void sequence(String parameters, char command) {
    switch (command) {
      case 'A' ->
          row = Math.max(Math.max(0, lines.size() - rows), row - Integer.parseInt(parameters));
      case 'K' -> lines.get(row).setLength(Math.min(column, lines.get(row).length()));
      case 'J' -> {
        lines.get(row).setLength(Math.min(column, lines.get(row).length()));
        lines.subList(row + 1, lines.size()).clear();
      }
      case 'h' -> wraps = true;
      case 'l' -> wraps = false;
      case 'm' -> {
        // Colours are not kept.
      }
      default -> throw new IllegalArgumentException("unknown sequence " + parameters + command);
    }
  }

  private void put(char c) {
    if (column == columns) {
      if (wraps) {
        newLine();
      } else {
        column--;
      }
    }
    StringBuilder line = lines.get(row);
    while (line.length() <= column) {
      line.append(' ');
    }
    line.setCharAt(column, c);
    column++;
  }

  private void newLine() {
    row++;
    column = 0;
    if (row == lines.size()) {
      lines.add(new StringBuilder());
    }
  }
}
