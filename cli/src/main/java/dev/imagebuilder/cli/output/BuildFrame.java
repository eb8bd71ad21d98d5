package dev.imagebuilder.cli.output;

import dev.imagebuilder.cli.output.BuildView.OpenStep;
import dev.imagebuilder.cli.output.Screen.Line;
import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.Step;
import dev.imagebuilder.proto.v1.Transfer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How a build looks on a terminal of a certain size. */
final class BuildFrame {
  /** Of what a running step prints. */
  private static final int MOST_LINES = 6;

  /** Of transfers of one step. */
  private static final int MOST_TRANSFERS = 3;

  /** A narrower terminal has no columns to spare. */
  private static final int NARROW = 50;

  private static final int TIME_WIDTH = 6;

  /** What engine and service say after a failed step's output; it is also how the build ended. */
  private static final Pattern SAID_AGAIN =
      Pattern.compile("build failed: |Error: building at STEP |ERROR: process ");

  private final TerminalSize size;
  private final Style style;

  BuildFrame(TerminalSize size, Style style) {
    this.size = size;
    this.style = style;
  }

  /** The lines that change: the steps that go on, what they print, and the build as a whole. */
  List<Line> live(BuildView view, Instant start, Instant now) {
    int room = Math.max(0, size.rows() - 2);
    List<OpenStep> open = view.open();
    List<OpenStep> shown = open.subList(Math.max(0, open.size() - room), open.size());
    List<Line> lines = new ArrayList<>();
    int perStep = shown.isEmpty() ? 0 : Math.min(MOST_LINES, (room - shown.size()) / shown.size());
    for (OpenStep step : shown) {
      lines.add(line(step.step(), Duration.between(step.since(), now)));
      details(view, step.step(), perStep).forEach(text -> lines.add(detail(text)));
    }
    if (shown.isEmpty()) {
      view.commonTail(Math.min(MOST_TRANSFERS, room)).forEach(text -> lines.add(detail(text)));
    }
    lines.add(status(view, Duration.between(start, now)));
    return lines;
  }

  /** A step that has ended. */
  String ended(Step step) {
    return line(step, Words.duration(step.getTime())).text();
  }

  /** The steps that failed, with what they printed last. */
  List<String> failures(BuildView view, Instant now) {
    List<String> lines = new ArrayList<>();
    for (OpenStep open : view.open()) {
      Step step = open.step();
      boolean isFailed = step.getState() == Step.State.FAILED;
      Duration time =
          isFailed ? Words.duration(step.getTime()) : Duration.between(open.since(), now);
      lines.add(line(step, time).text());
      if (isFailed) {
        String indent = " ".repeat(indent());
        view.tail(step, Integer.MAX_VALUE).stream()
            .filter(text -> !SAID_AGAIN.matcher(text).lookingAt())
            .forEach(text -> lines.add(indent + expanded(text)));
      }
    }
    return lines;
  }

  private Line line(Step step, Duration running) {
    return switch (step.getState()) {
      case CACHED -> line(style.done(), style::cached, "cached", step);
      case COMPLETED -> line(style.done(), style::good, Words.time(running), step);
      case FAILED ->
          line(style.failed(), style::bad, Words.time(Words.duration(step.getTime())), step);
      case STARTED, STATE_UNSPECIFIED, UNRECOGNIZED ->
          line(style.running(), style::strong, Words.time(running), step);
    };
  }

  private Line line(String sign, UnaryOperator<String> colour, String time, Step step) {
    String padded = isNarrow() ? time : " ".repeat(Math.max(0, TIME_WIDTH - time.length())) + time;
    String head = isNarrow() ? sign + " " + padded + " " : " " + sign + " " + padded + "  ";
    String rest = TextWidth.cut(expanded(step.getName()), size.columns() - TextWidth.of(head));
    if (rest.isEmpty()) {
      return Line.plain(TextWidth.cut(head, size.columns()));
    }
    return new Line(colour.apply(head) + rest, TextWidth.of(head) + TextWidth.of(rest));
  }

  private static List<String> details(BuildView view, Step step, int count) {
    Stream<String> moving =
        step.getTransfersList().stream()
            .filter(it -> it.getTotal() == 0 || it.getDone() < it.getTotal())
            .limit(MOST_TRANSFERS)
            .map(BuildFrame::transfer);
    List<String> all = Stream.concat(moving, view.tail(step, count).stream()).toList();
    return all.subList(Math.max(0, all.size() - count), all.size());
  }

  private static String transfer(Transfer transfer) {
    String amount =
        Words.bytes(transfer.getDone())
            + (transfer.getTotal() == 0 ? "" : " of " + Words.bytes(transfer.getTotal()));
    return amount + "  " + transfer.getName();
  }

  private Line detail(String text) {
    if (size.columns() <= indent()) {
      return Line.plain(TextWidth.cut(expanded(text), size.columns()));
    }
    String cut = TextWidth.cut(expanded(text), size.columns() - indent());
    return new Line(" ".repeat(indent()) + style.faint(cut), indent() + TextWidth.of(cut));
  }

  private Line status(BuildView view, Duration time) {
    BuildInfo build = view.build();
    String head = isNarrow() ? Words.time(time) + " " : " ".repeat(3) + time(time) + "  ";
    String activity =
        switch (build.getState()) {
          case STATE_UNSPECIFIED -> "asking the service";
          case BUILDING -> "building";
          default -> build.getActivity();
        };
    String sent = view.sent() == 0 ? "" : Words.bytes(view.sent()) + " sent";
    String parts =
        Stream.of(activity, view.steps(), sent)
            .filter(part -> !part.isEmpty())
            .reduce((a, b) -> a + style.separator() + b)
            .orElse("");
    String text = TextWidth.cut(head + expanded(parts), size.columns());
    return new Line(style.strong(text), TextWidth.of(text));
  }

  private static String time(Duration time) {
    String text = Words.time(time);
    return " ".repeat(Math.max(0, TIME_WIDTH - text.length())) + text;
  }

  /** One line, without what only a terminal knows the width of. */
  private static String expanded(String text) {
    return CleanText.of(text).strip().replace('\n', ' ').replace("\t", "  ");
  }

  private int indent() {
    return isNarrow() ? 2 : TIME_WIDTH + 5;
  }

  private boolean isNarrow() {
    return size.columns() < NARROW;
  }
}
