package dev.imagebuilder.cli.output;

import dev.imagebuilder.proto.v1.BuildInfo;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/**
 * Plain lines: our own begin with the time since the start, the build's output stands between them
 * as it is. The image's reference, and nothing else, goes to the standard output.
 */
public final class PlainOutput implements Output {
  private final PrintStream result;
  private final PrintStream lines;
  private final InstantSource clock;
  private final Instant start;
  private final LogLines logged = new LogLines(this::logged);
  private String lastLogged = "";
  private boolean isAtLineStart = true;
  private String id = "";
  private String activity = "";

  /** Writes the reference to one stream and all else to the other. */
  public PlainOutput(PrintStream result, PrintStream lines, InstantSource clock) {
    this.result = result;
    this.lines = lines;
    this.clock = clock;
    this.start = clock.instant();
  }

  @Override
  public synchronized void build(BuildInfo now) {
    if (!now.getId().equals(id)) {
      id = now.getId();
      line(Words.introduction(now));
    }
    // What it builds can be seen from its output.
    boolean isSaid =
        now.getActivity().equals(activity) || now.getState() == BuildInfo.State.BUILDING;
    if (!isSaid) {
      activity = now.getActivity();
      line(activity);
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
      logged.add(text);
    }
  }

  @Override
  public synchronized void ended(BuildInfo last) {
    String end = Words.end(last);
    // The service ends the output of a build that failed with just that.
    line(!lastLogged.isEmpty() && end.startsWith(lastLogged) ? Words.state(last) : end);
    if (Words.isGood(last)) {
      result.println(CleanText.of(last.getRef()));
      result.flush();
    }
  }

  private void logged(String line) {
    lastLogged = line;
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
