package dev.imagebuilder.cli.output;

import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.Step;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A build on a terminal: steps that have ended scroll away, those that go on are drawn again and
 * again, with the last lines of what they print. However much is said, no more is drawn than eyes
 * can follow; a terminal that is held up (Ctrl-S) holds up the drawing and nothing else.
 */
public final class LiveOutput implements Output {
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final PrintStream result;
  private final PrintStream out;
  private final Terminal terminal;
  private final Style style;
  private final InstantSource clock;
  private final Instant start;
  private final Thread painter = Thread.ofVirtual().unstarted(this::paint);

  /** Guards what follows it; never held while something is written. */
  private final Object lock = new Object();

  private final BuildView view = new BuildView();
  private final List<String> staying = new ArrayList<>();
  private boolean isOver;

  /** Guards the terminal. */
  private final Object drawing = new Object();

  private final Screen screen = new Screen();
  private String drawn = "";

  private LiveOutput(PrintStream result, PrintStream out, Terminal terminal, Style style) {
    this.result = result;
    this.out = out;
    this.terminal = terminal;
    this.style = style;
    this.clock = InstantSource.system();
    this.start = clock.instant();
  }

  /**
   * Begins to draw on the standard error, if that is a terminal.
   *
   * @param result gets the image's reference
   */
  public static Optional<LiveOutput> onTerminal(
      PrintStream result, Map<String, String> environment) {
    PrintStream out = System.err;
    return Terminal.ofStandardError(environment)
        .map(terminal -> {
          Style style = Style.of(environment, out.charset());
          LiveOutput output = new LiveOutput(result, out, terminal, style);
          output.painter.start();
          return output;
        });
  }

  @Override
  public void build(BuildInfo now) {
    synchronized (lock) {
      if (view.build(now)) {
        staying.add(style.faint(Words.introduction(now)));
      }
    }
  }

  @Override
  public void step(Step now) {
    synchronized (lock) {
      view.step(now, clock.instant());
    }
  }

  @Override
  public void log(String text) {
    synchronized (lock) {
      view.log(text);
    }
  }

  @Override
  public void sent(long bytes) {
    synchronized (lock) {
      view.sent(bytes);
    }
  }

  @Override
  public void note(String text) {
    synchronized (lock) {
      staying.add(CleanText.of(text));
    }
  }

  @Override
  public void ended(BuildInfo last) {
    TerminalSize size = terminal.size();
    synchronized (lock) {
      addFinished(size);
      if (!Words.isGood(last)) {
        staying.addAll(new BuildFrame(size, style).failures(view, clock.instant()));
      }
      staying.add(end(last));
    }
    close();
    if (Words.isGood(last)) {
      result.println(CleanText.of(last.getRef()));
      result.flush();
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      if (isOver) {
        return;
      }
      isOver = true;
    }
    painter.interrupt();
    synchronized (drawing) {
      List<String> rest;
      synchronized (lock) {
        rest = List.copyOf(staying);
        staying.clear();
      }
      write(screen.frame(rest, List.of(), terminal.size()));
    }
    terminal.close();
  }

  private String end(BuildInfo last) {
    String time = Words.time(Duration.between(start, clock.instant()));
    String text = CleanText.of(Words.end(last)).strip();
    return Words.isGood(last)
        ? style.good(style.done() + " " + text) + " in " + time
        : style.bad(style.failed() + " " + text);
  }

  private void paint() {
    try {
      while (true) {
        draw();
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // it is over
    }
  }

  private void draw() {
    synchronized (drawing) {
      TerminalSize size = terminal.size();
      List<String> above;
      List<Screen.Line> live;
      synchronized (lock) {
        if (isOver) {
          return;
        }
        addFinished(size);
        above = List.copyOf(staying);
        staying.clear();
        live = new BuildFrame(size, style).live(view, start, clock.instant());
      }
      write(screen.frame(above, live, size));
    }
  }

  private void addFinished(TerminalSize size) {
    BuildFrame frame = new BuildFrame(size, style);
    view.takeFinished().forEach(step -> staying.add(frame.ended(step)));
  }

  private void write(String frame) {
    if (!frame.equals(drawn)) {
      out.print(frame);
      out.flush();
      drawn = frame;
    }
  }
}
