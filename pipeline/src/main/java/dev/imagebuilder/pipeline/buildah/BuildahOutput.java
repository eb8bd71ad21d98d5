package dev.imagebuilder.pipeline.buildah;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildStep;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code buildah build} prints: passed on as it comes, and read for steps and for the error.
 *
 * <p>Steps write to the same stream and can print lines that look like Buildah's. Such a line moves
 * a progress display, no more: the error is Buildah's last line, after all steps have ended.
 */
final class BuildahOutput implements Consumer<byte[]> {
  private static final Pattern STEP =
      Pattern.compile("(?:\\[(\\d{1,4})/\\d{1,4}] )?STEP (\\d{1,6})/(\\d{1,6}): (.*)");

  /** Follows a step that was not run. */
  private static final Pattern CACHED = Pattern.compile("--> Using cache [0-9a-f]+");

  /** Follows the last step. */
  private static final Pattern COMMIT = Pattern.compile("(?:\\[\\d{1,4}/\\d{1,4}] )?COMMIT.*");

  private static final int LONGEST_INSTRUCTION = 300;

  private final BuildListener listener;
  private final Lines lines = new Lines(this::line);
  private @Nullable Step step;
  private @Nullable OpenStep open;
  private String error = "";

  BuildahOutput(BuildListener listener) {
    this.listener = listener;
  }

  /**
   * Where the build is.
   *
   * @param stage from 1
   * @param number of the step in its stage, from 1
   * @param of how many in its stage
   */
  record Step(int stage, int number, int of, String instruction) {}

  @Override
  public void accept(byte[] bytes) {
    listener.log(bytes);
    lines.accept(bytes);
  }

  /** The last step that was begun. */
  @Nullable Step step() {
    return step;
  }

  /** A step of which we say how it goes on. */
  private record OpenStep(String id, String name, long since) {

    BuildStep as(BuildStep.State state) {
      return new BuildStep(id, name, state);
    }

    Duration time() {
      return Duration.ofNanos(System.nanoTime() - since);
    }
  }

  /**
   * Buildah's error without its prefix, with all its lines; empty if it said none. To be asked for
   * when it has ended.
   */
  String error() {
    lines.finish();
    if (open != null && !error.isEmpty()) {
      say(open.as(new BuildStep.State.Failed(open.time(), error)));
    } else {
      complete();
    }
    return error;
  }

  private void line(String line) {
    Matcher matcher = STEP.matcher(line);
    if (matcher.matches()) {
      begin(matcher);
    } else if (CACHED.matcher(line).matches() && open != null) {
      say(open.as(new BuildStep.State.Cached()));
    } else if (COMMIT.matcher(line).matches()) {
      complete();
    } else if (line.startsWith("Error: ")) {
      error = line.substring("Error: ".length());
    } else if (!error.isEmpty() && error.length() < 4000) {
      error += "\n" + line;
    }
  }

  private void begin(Matcher matcher) {
    int stage = matcher.group(1) == null ? 1 : Integer.parseInt(matcher.group(1));
    String instruction = matcher.group(4);
    String shown =
        instruction.length() > LONGEST_INSTRUCTION
            ? instruction.substring(0, LONGEST_INSTRUCTION) + "…"
            : instruction;
    Step begun =
        new Step(
            stage, Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(3)), shown);
    if (begun.number() >= 1 && begun.number() <= begun.of()) {
      step = begun;
      listener.event(new BuildEvent.Building(begun.number(), begun.of(), shown));
      complete();
      open = new OpenStep(stage + "." + begun.number(), name(begun), System.nanoTime());
      listener.step(open.as(new BuildStep.State.Started()));
    }
  }

  private static String name(Step step) {
    String stage = step.stage() == 1 ? "" : "stage " + step.stage() + ", ";
    return "[" + stage + step.number() + "/" + step.of() + "] " + step.instruction();
  }

  private void complete() {
    if (open != null) {
      say(open.as(new BuildStep.State.Completed(open.time())));
    }
  }

  /** How the open step has ended. */
  private void say(BuildStep end) {
    listener.step(end);
    open = null;
  }
}
