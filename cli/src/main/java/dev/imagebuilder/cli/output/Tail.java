package dev.imagebuilder.cli.output;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last lines that a step has printed. */
final class Tail {
  private static final int LINES = 30;

  private final Deque<String> lines = new ArrayDeque<>();

  void add(String line) {
    if (line.isBlank()) {
      return;
    }
    if (lines.size() == LINES) {
      lines.removeFirst();
    }
    lines.addLast(line);
  }

  void clear() {
    lines.clear();
  }

  /** The newest, oldest first. */
  List<String> last(int count) {
    return lines.stream().skip(Math.max(0, lines.size() - count)).toList();
  }

  /** The same without the line that says what the step is. */
  List<String> last(int count, String name) {
    List<String> others = lines.stream().filter(line -> !name.startsWith(line)).toList();
    return others.subList(Math.max(0, others.size() - count), others.size());
  }
}
