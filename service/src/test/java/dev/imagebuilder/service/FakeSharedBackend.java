package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildOrder;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.FoundBuild;
import dev.imagebuilder.core.SharedBackend;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A backend with neighbours: the test says what is found, and how builds end. */
final class FakeSharedBackend implements SharedBackend {
  private final Map<BuildId, BlockingQueue<BuildOutcome>> ends = new ConcurrentHashMap<>();
  private final Map<BuildId, BuildListener> listeners = new ConcurrentHashMap<>();
  private final List<BuildId> stopped = new CopyOnWriteArrayList<>();
  private final List<BuildId> left = new CopyOnWriteArrayList<>();
  private volatile boolean isHandedOver;
  private volatile @Nullable Sightings sightings;

  @Override
  public void share(Sightings told) {
    sightings = told;
  }

  Sightings sightings() {
    Sightings told = sightings;
    if (told == null) {
      throw new IllegalStateException("nobody shares this backend");
    }
    return told;
  }

  @Override
  public BuildOutcome run(BuildOrder order, BuildListener listener) throws InterruptedException {
    return await(order.id(), listener);
  }

  @Override
  public BuildOutcome follow(FoundBuild build, BuildListener listener) throws InterruptedException {
    return await(build.id(), listener);
  }

  @Override
  public void handOver() {
    isHandedOver = true;
  }

  @Override
  public String describe() {
    return "shared";
  }

  void end(BuildId id, BuildOutcome outcome) {
    ends(id).add(outcome);
  }

  boolean isRunning(BuildId id) {
    return listeners.containsKey(id);
  }

  /** What the service hears of a build that runs. */
  BuildListener listener(BuildId id) {
    BuildListener listener = listeners.get(id);
    if (listener == null) {
      throw new IllegalStateException("does not run: " + id);
    }
    return listener;
  }

  /** The builds that were interrupted to be stopped. */
  List<BuildId> stopped() {
    return List.copyOf(stopped);
  }

  /** The builds that were interrupted to be left to others. */
  List<BuildId> left() {
    return List.copyOf(left);
  }

  private BuildOutcome await(BuildId id, BuildListener listener) throws InterruptedException {
    listeners.put(id, listener);
    try {
      return ends(id).take();
    } catch (InterruptedException e) {
      (isHandedOver ? left : stopped).add(id);
      throw e;
    } finally {
      listeners.remove(id);
    }
  }

  private BlockingQueue<BuildOutcome> ends(BuildId id) {
    return ends.computeIfAbsent(id, _ -> new LinkedBlockingQueue<>());
  }
}
