package dev.imagebuilder.buildkit;

import com.google.protobuf.Timestamp;
import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildStep;
import dev.imagebuilder.core.BuildStep.State;
import dev.imagebuilder.proto.buildkit.control.StatusResponse;
import dev.imagebuilder.proto.buildkit.control.Vertex;
import dev.imagebuilder.proto.buildkit.control.VertexLog;
import dev.imagebuilder.proto.buildkit.control.VertexStatus;
import dev.imagebuilder.proto.buildkit.control.VertexWarning;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Turns what the daemon says of a build into steps, events and a log. The daemon says the same step
 * again and again, and other builds' steps never. One thread tells, others may ask and wait.
 *
 * <p>The daemon looks a step up, and then does it, and calls each of the two an end; its last words
 * may come after that. So the log has a step's end when the daemon has gone on to others.
 */
final class Progress {
  private static final String EXPORT = "exporting to image";

  private final BuildListener listener;
  private final StepLog log;
  private final Map<String, Step> steps = new HashMap<>();
  private final Set<String> doneParts = new HashSet<>();

  /** The last words of steps that are over, not said yet. */
  private final SequencedMap<String, String> ends = new LinkedHashMap<>();

  private boolean isEnded;

  Progress(BuildListener listener) {
    this.listener = listener;
    this.log = new StepLog(listener);
  }

  /** A step as it is known so far. */
  private static final class Step {
    private final int number;
    private final String name;
    private boolean isOver;
    private boolean hasSaidMore = true;
    private Duration time = Duration.ZERO;
    private String error = "";

    Step(int number, String name) {
      this.number = number;
      this.name = name;
    }
  }

  /** Takes in what is new. */
  void accept(StatusResponse news) {
    sayEnds(mentioned(news));
    news.getVertexesList().forEach(this::begun);
    news.getStatusesList().forEach(this::part);
    news.getLogsList().forEach(this::output);
    // Last: what was just said of a step belongs before its end.
    news.getVertexesList().forEach(this::over);
    news.getWarningsList().forEach(this::warning);
  }

  /** The daemon says no more. */
  synchronized void end() {
    isEnded = true;
    sayEnds(Set.of());
    notifyAll();
  }

  /**
   * Waits until no step runs any more: its processes are gone then. Waits also if this thread is
   * interrupted, which stays so.
   */
  synchronized void awaitQuiet(Duration limit) {
    boolean wasInterrupted = Thread.interrupted();
    long end = System.nanoTime() + limit.toNanos();
    for (long left = limit.toNanos(); isBusy() && left > 0; left = end - System.nanoTime()) {
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException _) {
        wasInterrupted = true;
      }
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isBusy() {
    return !isEnded && steps.values().stream().anyMatch(step -> !step.isOver);
  }

  /** The name of a step, if it was heard of. */
  synchronized Optional<String> name(String digest) {
    return Optional.ofNullable(steps.get(digest)).map(step -> step.name);
  }

  /** The name of the one step that failed, if there is just one. */
  synchronized Optional<String> failed() {
    return failedDigest().flatMap(this::name);
  }

  /** The digest of that step. */
  synchronized Optional<String> failedDigest() {
    var failed = steps.entrySet().stream().filter(one -> !one.getValue().error.isEmpty()).toList();
    return failed.size() == 1 ? Optional.of(failed.getFirst().getKey()) : Optional.empty();
  }

  private synchronized void begun(Vertex vertex) {
    Step step = steps.get(vertex.getDigest());
    if (step == null && (vertex.hasStarted() || vertex.getCached())) {
      step = new Step(steps.size() + 1, vertex.getName());
      steps.put(vertex.getDigest(), step);
      begin(vertex, step);
    } else if (step != null && step.isOver && vertex.hasStarted() && !vertex.hasCompleted()) {
      // It was looked up before, and only now is it done.
      step.isOver = false;
      ends.remove(vertex.getDigest());
      say(step, new State.Started());
    }
  }

  private synchronized void over(Vertex vertex) {
    Step step = steps.get(vertex.getDigest());
    if (step != null && !step.isOver && vertex.hasCompleted()) {
      step.isOver = true;
      step.error = vertex.getError();
      step.time = step.time.plus(time(vertex));
      end(vertex, step);
      notifyAll();
    }
  }

  private void begin(Vertex vertex, Step step) {
    line(step, step.name);
    if (!vertex.getCached()) {
      say(step, new State.Started());
    }
    StepName name = StepName.parse(step.name);
    if (name.isInstruction()) {
      listener.event(
          new BuildEvent.Building(
              name.number(), name.of(), StepName.shortened(name.instruction())));
    } else if (step.name.equals(EXPORT)) {
      listener.event(new BuildEvent.Pushing());
    }
  }

  private void end(Vertex vertex, Step step) {
    log.end(step.number);
    if (!step.error.isEmpty()) {
      boolean isCanceled = step.error.endsWith("context canceled");
      ends.put(vertex.getDigest(), isCanceled ? "CANCELED" : "ERROR: " + step.error);
      say(step, new State.Failed(step.time, step.error));
    } else if (vertex.getCached()) {
      ends.put(vertex.getDigest(), "CACHED");
      say(step, new State.Cached());
    } else {
      ends.put(vertex.getDigest(), "DONE " + seconds(step.time));
      say(step, new State.Completed(step.time));
    }
  }

  /** Says the ends of all steps but some; again only of those that have said more since. */
  private synchronized void sayEnds(Set<String> others) {
    for (String digest : List.copyOf(ends.sequencedKeySet())) {
      Step step = steps.get(digest);
      if (!others.contains(digest)) {
        String words = ends.remove(digest);
        if (step != null && words != null && step.hasSaidMore) {
          line(step, words);
          step.hasSaidMore = false;
        }
      }
    }
  }

  /** The steps of which there is news. */
  private static Set<String> mentioned(StatusResponse news) {
    Set<String> digests = new HashSet<>();
    news.getVertexesList().forEach(one -> digests.add(one.getDigest()));
    news.getStatusesList().forEach(one -> digests.add(one.getVertex()));
    news.getLogsList().forEach(one -> digests.add(one.getVertex()));
    news.getWarningsList().forEach(one -> digests.add(one.getVertex()));
    return digests;
  }

  private void line(Step step, String text) {
    step.hasSaidMore = true;
    log.line(step.number, text);
  }

  private void part(VertexStatus part) {
    Step step = steps.get(part.getVertex());
    if (step == null) {
      return;
    }
    String what = part.getName().isEmpty() ? part.getID() : part.getName();
    say(step, new State.Transferred(what, part.getCurrent(), part.getTotal()));
    if (part.hasCompleted() && doneParts.add(part.getVertex() + part.getID())) {
      String size = part.getTotal() > 0 ? " " + size(part.getTotal()) : "";
      line(step, what + size + " done");
    }
  }

  private void output(VertexLog output) {
    Step step = steps.get(output.getVertex());
    if (step != null) {
      step.hasSaidMore = true;
      log.output(step.number, output.getMsg().toByteArray());
    }
  }

  private void warning(VertexWarning warning) {
    Step step = steps.get(warning.getVertex());
    int line = warning.getRangesCount() == 0 ? 0 : warning.getRanges(0).getStart().getLine();
    String text =
        "WARN: "
            + warning.getShort().toString(StandardCharsets.UTF_8)
            + (line == 0 ? "" : " (line " + line + ")");
    if (step == null) {
      listener.line(text);
    } else {
      line(step, text);
    }
  }

  /** Under the number that its lines in the log begin with. */
  private void say(Step step, State state) {
    listener.step(new BuildStep(Integer.toString(step.number), step.name, state));
  }

  private static Duration time(Vertex vertex) {
    return Duration.between(instant(vertex.getStarted()), instant(vertex.getCompleted()));
  }

  private static Instant instant(Timestamp timestamp) {
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1fs", time.toMillis() / 1000.0);
  }

  private static String size(long bytes) {
    return bytes < 10_000
        ? bytes + " B"
        : bytes < 10_000_000 ? bytes / 1000 + " kB" : bytes / 1_000_000 + " MB";
  }
}
