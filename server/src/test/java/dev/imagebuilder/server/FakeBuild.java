package dev.imagebuilder.server;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.service.Build;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A build whose events and output a test decides. */
final class FakeBuild implements Build {
  static final String REF = "reg.example:5000/ws:0123";
  static final String BASE_REF = "docker.io/library/alpine@sha256:4567";

  private final BuildId id = BuildId.random();
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final AtomicInteger openReaders = new AtomicInteger();
  private final AtomicInteger watchers = new AtomicInteger();
  private final List<StepView> steps = new ArrayList<>();
  private final List<String> abandoned = new ArrayList<>();
  private Snapshot now =
      new Snapshot(
          id,
          1,
          "eve",
          REF,
          BASE_REF,
          Instant.ofEpochSecond(1000),
          new BuildEvent.Preparing(),
          null);

  @Override
  public BuildId id() {
    return id;
  }

  @Override
  public synchronized Snapshot snapshot() {
    return now;
  }

  @Override
  public synchronized Snapshot awaitChange(Snapshot seen, Duration limit)
      throws InterruptedException {
    watchers.incrementAndGet();
    try {
      long end = System.nanoTime() + limit.toNanos();
      while (now.version() == seen.version() && System.nanoTime() < end) {
        wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
      }
      return now;
    } finally {
      watchers.decrementAndGet();
    }
  }

  /** Moves the build on. */
  synchronized void to(BuildEvent event) {
    now = new Snapshot(id, now.version() + 1, "eve", REF, BASE_REF, now.startedAt(), event, null);
    notifyAll();
  }

  synchronized void print(String text) {
    output.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    notifyAll();
  }

  int openReaders() {
    return openReaders.get();
  }

  int watchers() {
    return watchers.get();
  }

  @Override
  public LogReader readLog(long offset) {
    openReaders.incrementAndGet();
    return new Reader(Math.toIntExact(offset));
  }

  @Override
  public void cancel(String by) {
    to(new BuildEvent.Finished(new BuildOutcome.Canceled(by)));
  }

  @Override
  public synchronized void abandon(String why) {
    abandoned.add(why);
    notifyAll();
  }

  @Override
  public synchronized Steps awaitSteps(long seen, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (steps.size() == seen && !now.isFinished() && System.nanoTime() < end) {
      wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
    }
    return new Steps(steps.size(), steps.subList((int) seen, steps.size()), now.isFinished());
  }

  @Override
  public Facts facts() {
    return new Facts(Facts.Cause.IMAGE_MISSING, "a fake", 3, 1, null);
  }

  /** Tells of a step. */
  synchronized void step(StepView step) {
    steps.add(step);
    notifyAll();
  }

  /** Why clients gave it up. */
  synchronized List<String> abandoned() {
    return List.copyOf(abandoned);
  }

  private synchronized int read(int at, byte[] buffer, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (at >= output.size() && !now.isFinished() && System.nanoTime() < end) {
      wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
    }
    if (at >= output.size()) {
      return now.isFinished() ? -1 : 0;
    }
    int length = Math.min(buffer.length, output.size() - at);
    System.arraycopy(output.toByteArray(), at, buffer, 0, length);
    return length;
  }

  private final class Reader implements LogReader {
    private int at;

    Reader(int at) {
      this.at = at;
    }

    @Override
    public int read(byte[] buffer, Duration limit) throws InterruptedException {
      int length = FakeBuild.this.read(at, buffer, limit);
      at += Math.max(0, length);
      return length;
    }

    @Override
    public long size() {
      return output.size();
    }

    @Override
    public void close() {
      openReaders.decrementAndGet();
    }
  }
}
