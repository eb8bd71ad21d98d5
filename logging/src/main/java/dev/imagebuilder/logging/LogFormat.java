package dev.imagebuilder.logging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a line of the log looks like. */
public enum LogFormat {
  /** One JSON object, for collectors. */
  JSON,
  /** Time, level, message and fields, for people. */
  TEXT;

  private static final Path STDOUT = Path.of("/proc/self/fd/1");

  /** JSON unless stdout is a terminal (SPEC 9.8). */
  public static LogFormat jsonUnlessTerminal() {
    return isTerminal() ? TEXT : JSON;
  }

  /** {@link java.io.Console#isTerminal()} wants stdin to be one too, so the kernel is asked. */
  private static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(STDOUT).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException _) {
      return false; // no Linux, or no stdout
    }
  }
}
