package dev.imagebuilder.cli;

import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildStatus;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/**
 * Plain lines: our own begin with the time since the start, the build's output stands between them
 * as it is. The image's reference, and nothing else, goes to the standard output.
 */
final class PlainOutput implements Output {
  private final PrintStream result;
  private final PrintStream lines;
  private final InstantSource clock;
  private final Instant start;
  private boolean isAtLineStart = true;
  private boolean wasRunning;

  PlainOutput(PrintStream result, PrintStream lines, InstantSource clock) {
    this.result = result;
    this.lines = lines;
    this.clock = clock;
    this.start = clock.instant();
  }

  @Override
  public synchronized void running(BuildResponse response) {
    if (!wasRunning) {
      wasRunning = true;
      String base = response.getBaseRef().isEmpty() ? "" : " from " + response.getBaseRef();
      line("build " + response.getInfo().getBuildId() + " makes " + response.getRef() + base);
    }
  }

  @Override
  public synchronized void note(String text) {
    line(text);
  }

  @Override
  public synchronized void log(String text) {
    if (!text.isEmpty()) {
      lines.print(text);
      lines.flush();
      isAtLineStart = text.endsWith("\n");
    }
  }

  @Override
  public synchronized void ended(BuildResponse response) {
    if (response.getStatus() == BuildStatus.done_success) {
      line(wasRunning ? "done" : "already there, nothing to build");
      result.println(CleanText.of(response.getRef()));
      result.flush();
    } else {
      String text = response.getMessage();
      line(text.isEmpty() ? "build failed, and the service does not say why" : text);
    }
  }

  private void line(String text) {
    if (!isAtLineStart) {
      lines.println();
      isAtLineStart = true;
    }
    Duration since = Duration.between(start, clock.instant());
    lines.printf(
        Locale.ROOT, "[%6.1fs] %s%n", since.toMillis() / 1000.0, CleanText.of(text).strip());
    lines.flush();
  }
}
