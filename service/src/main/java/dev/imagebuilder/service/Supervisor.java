package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildBackend;
import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildOrder;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildOutcome.FailedStep;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.Durations;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.FoundBuild;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.SharedBackend;
import dev.imagebuilder.service.Attempt.Signal;
import dev.imagebuilder.service.ServiceOptions.Limits;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one build at a time, on the calling thread, from the queue to its end. Whatever may end a
 * build comes in by its mailbox and is read here, so a build ends once.
 */
final class Supervisor {
  private static final Logger log = LoggerFactory.getLogger(Supervisor.class);

  /** Makes mk3's clients ask once more without the base image they had resolved (SPEC 1.3). */
  private static final String BASE_IMAGE_GONE = "base image does not exist";

  private final BuildBackend backend;
  private final Verifier verifier;

  /** For a build of another process that process decides first. */
  private static final Duration PRECEDENCE = Duration.ofMinutes(1);

  private final Limits limits;
  private final ImageNames names;
  private final InstantSource clock;

  Supervisor(ServiceParts parts, Verifier verifier, Limits limits, ImageNames names) {
    this.backend = parts.backend();
    this.clock = parts.clock();
    this.verifier = verifier;
    this.limits = limits;
    this.names = names;
  }

  /** Runs the build when it gets its place. */
  BuildOutcome supervise(Attempt attempt, Force force) {
    BuildOutcome outcome;
    try {
      Optional<BuildOutcome> ended =
          attempt.found().isPresent() ? Optional.empty() : awaitPlace(attempt);
      outcome = ended.isPresent() ? ended.get() : runBackend(attempt, force);
    } catch (InterruptedException _) {
      outcome = lost("nobody looked after the build any more");
    } catch (RuntimeException e) {
      outcome = bug(attempt, e);
    }
    return settled(outcome, attempt);
  }

  /** What a build ends with that is stopped because the service stops. */
  static Failed lost(String message) {
    return Failed.bySystem(FailureReason.ENGINE_LOST, message, "Start the build again");
  }

  /** Empty if the build has its place. */
  private Optional<BuildOutcome> awaitPlace(Attempt attempt) throws InterruptedException {
    // Until it is in line it waits for the build before it, whose own limits these are.
    Deadline end = Deadline.in(limits.queue().plus(limits.build()).plus(limits.stop()));
    boolean isInLine = false;
    while (true) {
      switch (attempt.nextSignal(end).orElse(null)) {
        case Signal.Moved(var position) -> {
          end = isInLine ? end : Deadline.in(limits.queue());
          isInLine = true;
          attempt.publish(new BuildEvent.Queued(position));
        }
        case Signal.Granted() -> {
          attempt.publish(new BuildEvent.Preparing());
          return Optional.empty();
        }
        case Signal.Stop(var outcome) -> {
          return Optional.of(outcome);
        }
        case Signal.Ended(var outcome) -> {
          return Optional.of(outcome);
        }
        case null -> {
          return Optional.of(queueTimeout());
        }
      }
    }
  }

  private BuildOutcome runBackend(Attempt attempt, Force force) throws InterruptedException {
    Thread worker =
        Thread.ofVirtual()
            .name("build-" + attempt.id())
            .start(() -> attempt.ended(work(attempt, force)));
    Duration limit = limit(attempt.job());
    Deadline end = Deadline.in(attempt.found().map(this::timeLeft).orElse(limit));
    return switch (nextEnd(attempt, end)) {
      case Signal.Ended(var outcome) -> outcome;
      case Signal.Stop(var outcome) -> stop(attempt, worker, outcome);
      case null, default -> stop(attempt, worker, new BuildOutcome.TimedOut(limit));
    };
  }

  private Duration limit(Job job) {
    return job.timeout().filter(it -> it.compareTo(limits.build()) < 0).orElse(limits.build());
  }

  private Duration timeLeft(FoundBuild found) {
    Duration age = Duration.between(found.startedAt(), clock.instant());
    Duration left = limits.build().minus(age);
    return (left.isNegative() ? Duration.ZERO : left).plus(PRECEDENCE);
  }

  /** Interrupts the backend. If it was quicker and the image is there, the build did succeed. */
  private BuildOutcome stop(Attempt attempt, Thread worker, BuildOutcome outcome)
      throws InterruptedException {
    worker.interrupt();
    Deadline end = Deadline.in(limits.stop());
    while (true) {
      switch (nextEnd(attempt, end)) {
        case Signal.Ended(var own) -> {
          return own instanceof BuildOutcome.Succeeded ? own : outcome;
        }
        case null -> {
          log.atError()
              .addKeyValue("buildID", attempt.id())
              .addKeyValue("limit", limits.stop())
              .log("the backend did not stop a build that was interrupted");
          return outcome;
        }
        default -> {
          // Was stopped already: the first reason counts.
        }
      }
    }
  }

  private @Nullable Signal nextEnd(Attempt attempt, Deadline end) throws InterruptedException {
    Signal signal = attempt.nextSignal(end).orElse(null);
    while (signal instanceof Signal.Moved || signal instanceof Signal.Granted) {
      signal = attempt.nextSignal(end).orElse(null);
    }
    return signal;
  }

  /** The top of the thread on which the backend runs. */
  private BuildOutcome work(Attempt attempt, Force force) {
    Job job = attempt.job();
    try {
      return job.isUnnamed()
          ? runUnnamed(attempt, force)
          : verified(job.ref(), runOrFollow(attempt, force));
    } catch (InterruptedException _) {
      return lost("the build was interrupted");
    } catch (RuntimeException | Error e) {
      return bug(attempt, e);
    }
  }

  private BuildOutcome verified(String ref, BuildOutcome outcome) throws InterruptedException {
    return switch (outcome) {
      case BuildOutcome.Succeeded succeeded -> verifier.verify(ref, succeeded);
      case BuildOutcome.Unproven unproven -> verifier.verify(ref, unproven);
      case Failed failed -> failed;
      case BuildOutcome.Canceled canceled -> canceled;
      case BuildOutcome.TimedOut timedOut -> timedOut;
    };
  }

  /** Builds the base image, whose digest names the workspace image, and copies it if need be. */
  private BuildOutcome runUnnamed(Attempt attempt, Force force) throws InterruptedException {
    Job job = attempt.job();
    BuildOutcome built = backend.run(order(attempt, job.source(), force), attempt);
    if (!(built instanceof BuildOutcome.Succeeded(var base))) {
      return built;
    }
    String baseRef = ImageReference.parse(job.baseRef()).withDigest(base).toString();
    attempt.name(names.workspaceRef(baseRef), baseRef);
    String ref = attempt.snapshot().ref();
    Optional<BuildOutcome.Succeeded> there = verifier.seen(ref);
    if (there.isPresent()) {
      return there.get();
    }
    BuildOrder copy = order(attempt, new BuildSource.Image(baseRef), force);
    return verified(ref, backend.run(copy, attempt));
  }

  private static BuildOrder order(Attempt attempt, BuildSource source, Force force) {
    Job job = attempt.job();
    return new BuildOrder(
        attempt.id(),
        job.owner(),
        source,
        attempt.snapshot().baseRef(),
        attempt.snapshot().ref(),
        job.supervisorRef(),
        force,
        attempt.credentials(),
        job.trace());
  }

  private BuildOutcome runOrFollow(Attempt attempt, Force force) throws InterruptedException {
    Optional<FoundBuild> found = attempt.found();
    if (found.isPresent() && backend instanceof SharedBackend shared) {
      return shared.follow(found.get(), attempt);
    }
    return backend.run(order(attempt, attempt.job().source(), force), attempt);
  }

  private static BuildOutcome bug(Attempt attempt, Throwable bug) {
    log.atError().addKeyValue("buildID", attempt.id()).setCause(bug).log("a build hit a bug");
    return Failed.bySystem(
        FailureReason.INTERNAL,
        "internal error (" + bug.getClass().getSimpleName() + ") in build " + attempt.id(),
        "The operator finds more in the service's own log");
  }

  private Failed queueTimeout() {
    return Failed.bySystem(
        FailureReason.QUEUE_TIMEOUT,
        "the build got no place to run within " + Durations.words(limits.queue()),
        "Start it again when there are fewer builds, or ask the operator for more parallel builds");
  }

  private static BuildOutcome settled(BuildOutcome outcome, Attempt attempt) {
    if (!(outcome instanceof Failed failed)) {
      return outcome;
    }
    String message = attempt.clean(failed.message());
    if (failed.reason() == FailureReason.BASE_IMAGE_MISSING
        && attempt.job().source() instanceof BuildSource.Image
        && !message.contains(BASE_IMAGE_GONE)) {
      message = BASE_IMAGE_GONE + ": " + message;
    }
    String hint = attempt.clean(failed.hint());
    return new Failed(
        failed.reason(), failed.blame(), message, clean(failed.step(), attempt), hint);
  }

  private static @Nullable FailedStep clean(@Nullable FailedStep step, Attempt attempt) {
    return step == null
        ? null
        : new FailedStep(attempt.clean(step.instruction()), step.line(), step.exitCode());
  }
}
