package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildStep;
import dev.imagebuilder.core.BuildStep.State;
import dev.imagebuilder.service.Build.StepView;
import dev.imagebuilder.service.Build.Steps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is the case with each step of one build. Keeps the newest of each and not what was before:
 * who looks late or seldom misses nothing that still holds. Safe for any thread.
 */
final class StepBoard {
  /** A Dockerfile of so many would be no Dockerfile. */
  private static final int MOST_STEPS = 10_000;

  private static final int MOST_TRANSFERS = 1_000;

  private final Map<String, Noted> steps = new LinkedHashMap<>();
  private final Bell bell = new Bell();
  private long version;
  private boolean isClosed;

  private record Noted(long version, StepView view) {}

  /** Notes what an engine has said. */
  void note(BuildStep step) {
    synchronized (this) {
      Noted before = steps.get(step.id());
      if (isClosed || (before == null && steps.size() == MOST_STEPS)) {
        return;
      }
      StepView view =
          before == null
              ? new StepView(step.id(), step.name(), new State.Started(), List.of())
              : before.view();
      version++;
      steps.put(step.id(), new Noted(version, next(view, step)));
    }
    bell.ring();
  }

  /** No more will be noted. */
  void close() {
    synchronized (this) {
      isClosed = true;
    }
    bell.ring();
  }

  /** Waits for a change since the version. */
  Steps await(long seen, Duration limit) throws InterruptedException {
    bell.await(() -> isNews(seen), limit);
    return since(seen);
  }

  /** How many steps there are. */
  synchronized int count() {
    return steps.size();
  }

  /** How many of them were done before. */
  synchronized int cached() {
    return (int)
        steps.values().stream().filter(it -> it.view().state() instanceof State.Cached).count();
  }

  private synchronized boolean isNews(long seen) {
    return isClosed || version > seen;
  }

  private synchronized Steps since(long seen) {
    List<StepView> changed =
        steps.values().stream().filter(it -> it.version() > seen).map(Noted::view).toList();
    return new Steps(version, changed, isClosed);
  }

  private static StepView next(StepView view, BuildStep step) {
    return step.state() instanceof State.Transferred moved
        ? new StepView(view.id(), view.name(), view.state(), replaced(view.transfers(), moved))
        : new StepView(view.id(), step.name(), step.state(), view.transfers());
  }

  private static List<State.Transferred> replaced(
      List<State.Transferred> transfers, State.Transferred moved) {
    List<State.Transferred> next = new ArrayList<>(transfers);
    for (int i = 0; i < next.size(); i++) {
      if (next.get(i).what().equals(moved.what())) {
        next.set(i, moved);
        return next;
      }
    }
    if (next.size() < MOST_TRANSFERS) {
      next.add(moved);
    }
    return next;
  }
}
