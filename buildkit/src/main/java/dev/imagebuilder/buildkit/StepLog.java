package dev.imagebuilder.buildkit;

import dev.imagebuilder.core.BuildListener;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes a build's log: steps run side by side, so each line begins with its step's number, as
 * {@code buildctl --progress=plain} has it.
 */
final class StepLog {
  /** What a step prints without ever ending its line is let go in pieces. */
  private static final int LONGEST_LINE = 64 * 1024;

  private final BuildListener listener;
  private final Map<Integer, ByteArrayOutputStream> open = new HashMap<>();

  StepLog(BuildListener listener) {
    this.listener = listener;
  }

  /** Adds a line of ours. */
  void line(int step, String text) {
    listener.line("#" + step + " " + text);
  }

  /** Adds output of the step's processes, from anywhere in it. */
  void output(int step, byte[] bytes) {
    ByteArrayOutputStream line = open.computeIfAbsent(step, _ -> new ByteArrayOutputStream());
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (byte one : bytes) {
      line.write(one);
      if (one == '\n' || line.size() >= LONGEST_LINE) {
        flush(step, line, whole);
      }
    }
    if (whole.size() > 0) {
      listener.log(whole.toByteArray());
    }
  }

  /** The step prints no more. */
  void end(int step) {
    ByteArrayOutputStream line = open.remove(step);
    if (line != null && line.size() > 0) {
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      line.write('\n');
      flush(step, line, whole);
      listener.log(whole.toByteArray());
    }
  }

  private static void flush(int step, ByteArrayOutputStream line, ByteArrayOutputStream into) {
    into.writeBytes(("#" + step + " ").getBytes(StandardCharsets.US_ASCII));
    into.writeBytes(line.toByteArray());
    line.reset();
  }
}
