package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildId;
import java.time.Duration;
import java.time.Instant;

/** What is kept of a build that has ended; nothing of its credentials. */
record EndedBuild(Snapshot snapshot, LogFile log, StepBoard steps, Facts facts, Instant endedAt)
    implements Build {

  @Override
  public BuildId id() {
    return snapshot.id();
  }

  @Override
  public Snapshot awaitChange(Snapshot seen, Duration limit) {
    return snapshot;
  }

  @Override
  public LogReader readLog(long offset) {
    return log.read(offset);
  }

  @Override
  public Steps awaitSteps(long seen, Duration limit) throws InterruptedException {
    return steps.await(seen, limit);
  }

  @Override
  public void cancel(String by) {}

  @Override
  public void abandon(String why) {}
}
