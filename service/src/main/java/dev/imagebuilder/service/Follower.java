package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildId;
import java.io.IOException;
import java.time.Duration;

/**
 * A build as seen by a caller who joined it with other credentials than its own: if it fails
 * because of its credentials, the caller is taken on to the next build and never sees that failure.
 */
final class Follower implements Build {
  private final Job job;
  private volatile Attempt current;

  Follower(Job job, Attempt current) {
    this.job = job;
    this.current = current;
  }

  /** What the caller asked for. */
  Job job() {
    return job;
  }

  /** Goes on to another build; called before the end of the one before is told. */
  void follow(Attempt next) {
    current = next;
  }

  @Override
  public BuildId id() {
    return current.id();
  }

  @Override
  public Snapshot snapshot() {
    while (true) {
      Attempt attempt = current;
      Snapshot snapshot = attempt.snapshot();
      if (attempt == current) {
        return snapshot;
      }
    }
  }

  @Override
  public Snapshot awaitChange(Snapshot seen, Duration limit) throws InterruptedException {
    Deadline end = Deadline.in(limit);
    while (true) {
      Attempt attempt = current;
      Snapshot snapshot = attempt.awaitChange(seen, end.left());
      if (attempt == current) {
        return snapshot;
      }
    }
  }

  @Override
  public LogReader readLog(long offset) throws IOException {
    return current.readLog(offset);
  }

  @Override
  public Steps awaitSteps(long seen, Duration limit) throws InterruptedException {
    return current.awaitSteps(seen, limit);
  }

  @Override
  public void cancel(String by) {
    current.cancel(by);
  }

  @Override
  public void abandon(String why) {
    current.abandon(why);
  }

  @Override
  public Facts facts() {
    return current.facts();
  }
}
