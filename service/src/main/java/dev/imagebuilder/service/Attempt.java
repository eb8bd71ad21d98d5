package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildStep;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.FoundBuild;
import dev.imagebuilder.core.LogLocation;
import dev.imagebuilder.core.RegistryCredentials;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One build: what its watchers see, and the mailbox through which everybody speaks to its {@link
 * Supervisor}, who alone decides how it ends.
 */
final class Attempt implements Build, BuildQueue.Waiter, BuildListener {
  private static final Logger logger = LoggerFactory.getLogger(Attempt.class);
  private final BuildId id;
  private final Job job;
  private final BuildLog log;
  private final Redactor redactor;
  private final BuildCredentials credentials;
  private final AtomicLong versions;
  private final BlockingQueue<Signal> mailbox = new LinkedBlockingQueue<>();
  private final Bell bell = new Bell();
  private final StepBoard steps = new StepBoard();
  private final String backend;
  private final @Nullable FoundBuild found;
  private final AtomicInteger owed;
  private volatile Snapshot snapshot;
  private volatile @Nullable Build successor;
  private @Nullable Snapshot last;

  /**
   * A build that waits, or one that was found.
   *
   * @param versions counts the changes of all builds, so that they can be put in order
   */
  Attempt(Job job, Instant now, Making making, AtomicLong versions) {
    this.id = making.id();
    this.job = job;
    this.redactor = making.redactor();
    this.log = making.log();
    this.credentials = making.credentials();
    this.versions = versions;
    this.found = making.found();
    this.backend = making.backend();
    this.owed = new AtomicInteger(found == null ? 1 : 0);
    this.snapshot =
        new Snapshot(
            id,
            versions.incrementAndGet(),
            job.owner(),
            job.isUnnamed() ? "" : job.ref(),
            job.baseRef(),
            now,
            found == null ? new BuildEvent.Queued(1) : new BuildEvent.Preparing(),
            null);
  }

  /**
   * What one build has of its own.
   *
   * @param backend where it runs, for people
   * @param found the build itself if another process has started it; null for our own
   */
  record Making(
      BuildId id,
      BuildLog log,
      Redactor redactor,
      BuildCredentials credentials,
      String backend,
      @Nullable FoundBuild found) {}

  /** What a supervisor is told. */
  sealed interface Signal {
    /** The build has another position in the queue. */
    record Moved(int position) implements Signal {}

    /** The build has a place. */
    record Granted() implements Signal {}

    /** Somebody, or something, wants it to end. */
    record Stop(BuildOutcome outcome) implements Signal {}

    /** The backend is through with it. */
    record Ended(BuildOutcome outcome) implements Signal {}
  }

  @Override
  public BuildId id() {
    return id;
  }

  @Override
  public Snapshot snapshot() {
    Build next = successor;
    return next == null ? snapshot : next.snapshot();
  }

  @Override
  public Snapshot awaitChange(Snapshot seen, Duration limit) throws InterruptedException {
    Deadline end = Deadline.in(limit);
    boolean isNews =
        bell.await(
            () -> successor != null || snapshot.version() != seen.version() || seen.isFinished(),
            limit);
    Build next = successor;
    if (next != null) {
      return next.awaitChange(seen, end.left());
    }
    return isNews ? snapshot : seen;
  }

  @Override
  public LogReader readLog(long offset) throws IOException {
    Build next = successor;
    return next == null ? log.file().read(offset) : next.readLog(offset);
  }

  @Override
  public void cancel(String by) {
    Build next = successor;
    if (next == null) {
      stop(new BuildOutcome.Canceled(by));
    } else {
      next.cancel(by);
    }
  }

  @Override
  public void abandon(String why) {
    stop(BuildOutcome.Failed.byUser(FailureReason.SOURCE_UNREACHABLE, why, "Start it again"));
  }

  @Override
  public Steps awaitSteps(long seen, Duration limit) throws InterruptedException {
    Build next = successor;
    return next == null ? steps.await(seen, limit) : next.awaitSteps(seen, limit);
  }

  @Override
  public Facts facts() {
    Build next = successor;
    return next == null ? facts(null) : next.facts();
  }

  @Override
  public void moved(int position) {
    mailbox.add(new Signal.Moved(position));
  }

  @Override
  public void granted() {
    mailbox.add(new Signal.Granted());
  }

  /** Hears the backend. */
  @Override
  public void event(BuildEvent event) {
    switch (event) {
      case BuildEvent.Building(var step, var steps, var instruction) ->
          publish(new BuildEvent.Building(step, steps, redactor.clean(instruction)));
      case BuildEvent.Copying _ -> {
        credentials.startCopying();
        publish(event);
      }
      case BuildEvent.Preparing _, BuildEvent.Pushing _ -> publish(event);
      case BuildEvent.Queued _, BuildEvent.Finished _ ->
          throw new IllegalArgumentException("not for a backend to say: " + event);
    }
  }

  /** Hears the backend. */
  @Override
  public void log(byte[] output) {
    log.append(output);
  }

  /** Hears the backend. */
  @Override
  public void line(String text) {
    log.line(text);
  }

  /** Hears the backend. */
  @Override
  public void step(BuildStep step) {
    BuildStep.State state =
        step.state() instanceof BuildStep.State.Failed(var time, var error)
            ? new BuildStep.State.Failed(time, redactor.clean(error))
            : step.state();
    steps.note(new BuildStep(step.id(), redactor.clean(step.name()), state));
  }

  /** Hears the backend. */
  @Override
  public void logAt(LogLocation location) {
    synchronized (this) {
      if (last != null) {
        return;
      }
      snapshot = snapshot.at(versions.incrementAndGet(), location);
    }
    bell.ring();
  }

  /** What was found, if another process has started it. */
  Optional<FoundBuild> found() {
    return Optional.ofNullable(found);
  }

  /** Shows its watchers another build from now on, to which it gives way. */
  void becomes(Build next) {
    successor = next;
    bell.ring();
  }

  /** True if it has given way to another. */
  boolean isSuperseded() {
    return successor != null;
  }

  /** Takes over how often another build's end is to be counted: each start has one end. */
  void owesFor(Attempt other) {
    owed.addAndGet(other.takeOwed());
  }

  /** How many starts its end is the end of. */
  int takeOwed() {
    return owed.getAndSet(0);
  }

  /** What it builds, and for whom. */
  Job job() {
    return job;
  }

  /** What the backend may use. */
  RegistryCredentials credentials() {
    return credentials;
  }

  /** Asks for its end; the first to ask decides, unless it has ended by itself before. */
  void stop(BuildOutcome outcome) {
    mailbox.add(new Signal.Stop(outcome));
  }

  /** The backend is through with it. */
  void ended(BuildOutcome outcome) {
    mailbox.add(new Signal.Ended(outcome));
  }

  /** What the supervisor is told next; empty if it is told nothing until then. */
  Optional<Signal> nextSignal(Deadline until) throws InterruptedException {
    return Optional.ofNullable(mailbox.poll(until.nanosLeft(), TimeUnit.NANOSECONDS));
  }

  /** Tells the watchers; nothing is told once the build is concluded. */
  void publish(BuildEvent event) {
    boolean isNews;
    synchronized (this) {
      if (last != null) {
        return;
      }
      isNews = !snapshot.event().getClass().equals(event.getClass());
      snapshot = snapshot.then(versions.incrementAndGet(), event);
    }
    bell.ring();
    if (isNews) {
      logger
          .atInfo()
          .addKeyValue("buildID", id)
          .addKeyValue("state", event.getClass().getSimpleName().toLowerCase(Locale.ROOT))
          .log("build state changed");
    }
  }

  /** Tells what the image is called, which only its content says. */
  void name(String ref, String baseRef) {
    synchronized (this) {
      snapshot = snapshot.named(versions.incrementAndGet(), ref, baseRef);
    }
    bell.ring();
  }

  /** A text without the build's secrets. */
  String clean(String text) {
    return redactor.clean(text);
  }

  /** Writes the last line of the log. */
  void endLog(BuildOutcome outcome) {
    log.end(outcome instanceof BuildOutcome.Succeeded ? "built " + snapshot.ref() : outcome.text());
  }

  /** Ends it. Watchers are not told yet, so that whoever is told finds everything settled. */
  synchronized EndedBuild conclude(BuildOutcome outcome, Instant now) {
    last = snapshot.then(versions.incrementAndGet(), new BuildEvent.Finished(outcome));
    steps.close();
    return new EndedBuild(last, log.file(), steps, facts(now), now);
  }

  private Facts facts(@Nullable Instant endedAt) {
    Facts.Cause cause = Facts.Cause.IMAGE_MISSING;
    if (job.isUnnamed()) {
      cause = Facts.Cause.DIRECTORY;
    } else if (job.force() == Force.ALWAYS) {
      cause = Facts.Cause.FORCED;
    }
    return new Facts(cause, backend, steps.count(), steps.cached(), endedAt);
  }

  /** Tells the watchers that it is over. */
  void tellEnd() {
    synchronized (this) {
      snapshot = last == null ? snapshot : last;
    }
    bell.ring();
  }
}
