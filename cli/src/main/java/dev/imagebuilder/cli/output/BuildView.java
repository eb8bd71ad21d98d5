package dev.imagebuilder.cli.output;

import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a build that is shown: the steps that go on, and the last that each of them has
 * printed. What has ended well is handed out once and forgotten. Not for several threads.
 */
final class BuildView {
  /** Steps that run side by side print lines with their id ({@code imagebuilder.v1.Step}). */
  private static final Pattern OF_STEP = Pattern.compile("#(\\d{1,6}) (.*)");

  /** What an engine that takes one step after the other prints before each. */
  private static final Pattern NEXT_STEP = Pattern.compile("(\\[\\d+/\\d+] )?STEP \\d+/\\d+: .*");

  /** Steps may print what looks like lines of others. */
  private static final int MOST_TAILS = 1000;

  private static final Duration SHORT = Duration.ofSeconds(1);

  private final SequencedMap<String, OpenStep> open = new LinkedHashMap<>();
  private final Set<String> over = new HashSet<>();
  private final List<Step> finished = new ArrayList<>();
  private final Map<String, Tail> tails = new HashMap<>();
  private final Tail common = new Tail();
  private final LogLines lines = new LogLines(this::line);
  private BuildInfo build = BuildInfo.getDefaultInstance();
  private int cached;
  private long sent;

  /** A step that runs or has failed, and when we first heard of it. */
  record OpenStep(Step step, Instant since) {}

  /** Returns true if it is not the build that it was. */
  boolean build(BuildInfo now) {
    boolean isOther = !now.getId().equals(build.getId());
    if (isOther) {
      open.clear();
      over.clear();
      finished.clear();
      tails.clear();
      common.clear();
      cached = 0;
    }
    build = now;
    return isOther;
  }

  /** The build as it was said last. */
  BuildInfo build() {
    return build;
  }

  void step(Step step, Instant now) {
    String id = step.getId();
    switch (step.getState()) {
      case COMPLETED, CACHED -> {
        OpenStep before = open.remove(id);
        tails.remove(id);
        boolean isFirstEnd = over.add(id);
        if (isFirstEnd || isWorthAnotherLine(before, now)) {
          finished.add(step);
        }
        cached += isFirstEnd && step.getState() == Step.State.CACHED ? 1 : 0;
      }
      case STARTED, FAILED, STATE_UNSPECIFIED, UNRECOGNIZED ->
          open.compute(id, (_, known) -> new OpenStep(step, known == null ? now : known.since()));
    }
  }

  /** An engine may look a step up, and do it later; or say again what we know. */
  private static boolean isWorthAnotherLine(@Nullable OpenStep before, Instant now) {
    return before != null && Duration.between(before.since(), now).compareTo(SHORT) >= 0;
  }

  void log(String text) {
    lines.add(text);
  }

  void sent(long bytes) {
    sent = bytes;
  }

  /** Bytes of a directory that were sent. */
  long sent() {
    return sent;
  }

  /** How many steps there were, and how many of them were cached. */
  String steps() {
    long again = open.keySet().stream().filter(over::contains).count();
    return Words.steps(over.size() + open.size() - (int) again, cached);
  }

  /** Steps that have ended well since this was asked last. */
  List<Step> takeFinished() {
    List<Step> taken = List.copyOf(finished);
    finished.clear();
    return taken;
  }

  /** Steps that run or have failed, in the order in which they began. */
  List<OpenStep> open() {
    return List.copyOf(open.values());
  }

  /** The last lines that a step has printed, oldest first. */
  List<String> tail(Step step, int count) {
    Tail own = tails.get(step.getId());
    if (own != null) {
      return own.last(count, step.getName());
    }
    boolean isNewest = !open.isEmpty() && open.lastEntry().getKey().equals(step.getId());
    return isNewest ? commonTail(count) : List.of();
  }

  /** The last lines that no step can be named for, oldest first. */
  List<String> commonTail(int count) {
    return common.last(count);
  }

  private void line(String line) {
    Matcher ofStep = OF_STEP.matcher(line);
    if (ofStep.matches()) {
      lineOf(ofStep.group(1), ofStep.group(2));
    } else if (NEXT_STEP.matcher(line).matches()) {
      common.clear();
    } else {
      common.add(line);
    }
  }

  private void lineOf(String id, String line) {
    boolean isOver = !open.containsKey(id) && over.contains(id);
    if (!isOver && (tails.containsKey(id) || tails.size() < MOST_TAILS)) {
      tails.computeIfAbsent(id, _ -> new Tail()).add(line);
    }
  }
}
