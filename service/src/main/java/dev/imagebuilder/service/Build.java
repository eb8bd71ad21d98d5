package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildStep;
import dev.imagebuilder.core.LogLocation;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One attempt to make a workspace image, seen from outside. Safe for any thread. */
public interface Build {

  /** Its id. */
  BuildId id();

  /** What it is doing now; {@link BuildEvent.Finished} once it is over. */
  Snapshot snapshot();

  /**
   * Waits until something changed since the snapshot.
   *
   * @param seen the snapshot that the caller acted on
   * @param limit how long to wait
   * @return the newest snapshot; {@code seen} itself if nothing changed in time, or if it is over
   */
  Snapshot awaitChange(Snapshot seen, Duration limit) throws InterruptedException;

  /**
   * Opens the build's log.
   *
   * @param offset where to begin, in bytes from its start; one beyond its end waits for the log to
   *     get there
   */
  LogReader readLog(long offset) throws IOException;

  /**
   * Waits for news of the build's steps.
   *
   * @param seen the version that the caller knows; 0 for none
   * @param limit how long to wait
   */
  Steps awaitSteps(long seen, Duration limit) throws InterruptedException;

  /** Stops the build; without effect if it is over. Returns at once. */
  void cancel(String by);

  /** Ends the build because it can no longer get its source; without effect if it is over. */
  void abandon(String why);

  /** What is not part of its changes. */
  Facts facts();

  /** Why a build runs, where, how much of it was cached, and when it ended. */
  record Facts(Cause cause, String backend, int steps, int cachedSteps, @Nullable Instant endedAt) {

    /** Why it runs. */
    public enum Cause {
      IMAGE_MISSING,
      FORCED,
      DIRECTORY
    }
  }

  /**
   * Steps that have changed.
   *
   * @param version to ask for the next ones with
   * @param isLast true if nothing will change any more
   */
  record Steps(long version, List<StepView> changed, boolean isLast) {}

  /**
   * One step as it is now.
   *
   * @param state never {@link BuildStep.State.Transferred}
   */
  record StepView(
      String id, String name, BuildStep.State state, List<BuildStep.State.Transferred> transfers) {
    public StepView {
      transfers = List.copyOf(transfers);
    }
  }

  /**
   * A build at one moment.
   *
   * @param version grows with every change, over all builds of the service
   * @param owner who triggered it first; empty if not said
   * @param ref where the workspace image goes; empty while that is not known
   * @param log where its output can be read at its source; null if nowhere, or nowhere yet
   */
  record Snapshot(
      BuildId id,
      long version,
      String owner,
      String ref,
      String baseRef,
      Instant startedAt,
      BuildEvent event,
      @Nullable LogLocation log) {

    /** The same build at its next change. */
    Snapshot then(long nextVersion, BuildEvent next) {
      return new Snapshot(id, nextVersion, owner, ref, baseRef, startedAt, next, log);
    }

    /** The same build when its output has come to be somewhere. */
    Snapshot at(long nextVersion, LogLocation where) {
      return new Snapshot(id, nextVersion, owner, ref, baseRef, startedAt, event, where);
    }

    /** The same build when it is known what its image is called. */
    Snapshot named(long nextVersion, String newRef, String newBaseRef) {
      return new Snapshot(id, nextVersion, owner, newRef, newBaseRef, startedAt, event, log);
    }

    /** True if the build is over. */
    public boolean isFinished() {
      return event instanceof BuildEvent.Finished;
    }
  }

  /** Reads a log that may still grow, at its own pace. For one thread. */
  interface LogReader extends Closeable {

    /**
     * Reads what comes next, waiting for it if need be.
     *
     * @param buffer filled from its start
     * @return how many bytes were read; 0 if none came in time; -1 after the end of a finished log
     */
    int read(byte[] buffer, Duration limit) throws IOException, InterruptedException;

    /** How many bytes the log has by now. */
    long size();
  }
}
