package dev.imagebuilder.cli.output;

import java.util.function.Consumer;

/** Cuts a build's output into lines. Of endless ones it keeps the beginning. */
final class LogLines {
  /** Wider than any terminal. */
  private static final int LONGEST = 1000;

  private final Consumer<String> listener;
  private final StringBuilder open = new StringBuilder();

  LogLines(Consumer<String> listener) {
    this.listener = listener;
  }

  /** Takes cleaned text, which may end anywhere. */
  void add(String text) {
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      append(text, start, end);
      listener.accept(open.toString());
      open.setLength(0);
      start = end + 1;
    }
    append(text, start, text.length());
  }

  private void append(String text, int start, int end) {
    int room = LONGEST - open.length();
    open.append(text, start, Math.min(end, start + room));
  }
}
