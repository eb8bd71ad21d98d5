package dev.imagebuilder.server.api;

import com.google.protobuf.Timestamp;
import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Blame;
import dev.imagebuilder.core.BuildStep;
import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.BuildInfo.Cause;
import dev.imagebuilder.proto.v1.BuildInfo.State;
import dev.imagebuilder.proto.v1.FailedStep;
import dev.imagebuilder.proto.v1.Outcome;
import dev.imagebuilder.proto.v1.Step;
import dev.imagebuilder.proto.v1.Transfer;
import dev.imagebuilder.service.Build;
import dev.imagebuilder.service.Build.Facts;
import dev.imagebuilder.service.Build.Snapshot;
import dev.imagebuilder.service.Build.StepView;
import dev.imagebuilder.service.Builds.Ticket;
import java.time.Duration;
import java.time.Instant;

/** From what the service says of builds to the messages of {@code imagebuilder.v1.Builds}. */
final class BuildInfos {

  private BuildInfos() {}

  /** An image that was there: nothing was built. */
  static BuildInfo present(Ticket.Present present) {
    return BuildInfo.newBuilder()
        .setRef(present.ref())
        .setBaseRef(present.baseRef())
        .setState(State.PRESENT)
        .setOutcome(Outcome.getDefaultInstance())
        .build();
  }

  /** A build as it is now. */
  static BuildInfo of(Build build) {
    return of(build, build.snapshot());
  }

  /** A build as it was at the snapshot. */
  static BuildInfo of(Build build, Snapshot at) {
    Facts facts = build.facts();
    BuildInfo.Builder info =
        BuildInfo.newBuilder()
            .setId(at.id().toString())
            .setOwner(at.owner())
            .setRef(at.ref())
            .setBaseRef(at.baseRef())
            .setStartedAt(timestamp(at.startedAt()))
            .setState(state(at.event()))
            .setActivity(Activities.of(at.event()))
            .setCause(cause(facts.cause()))
            .setEngine(facts.backend())
            .setSteps(facts.steps())
            .setCachedSteps(facts.cachedSteps());
    if (facts.endedAt() != null) {
      info.setEndedAt(timestamp(facts.endedAt()));
    }
    switch (at.event()) {
      case BuildEvent.Queued(int position) -> info.setQueuePosition(position);
      case BuildEvent.Finished(var outcome) -> info.setOutcome(outcome(outcome));
      default -> {}
    }
    return info.build();
  }

  /** A step as it is now. */
  static Step of(StepView view) {
    Step.Builder step =
        Step.newBuilder().setId(view.id()).setName(view.name()).setState(state(view.state()));
    switch (view.state()) {
      case BuildStep.State.Completed(var time) -> step.setTime(duration(time));
      case BuildStep.State.Failed(var time, var error) ->
          step.setTime(duration(time)).setError(error);
      case BuildStep.State.Started _, BuildStep.State.Cached _, BuildStep.State.Transferred _ -> {}
    }
    view.transfers()
        .forEach(transfer ->
            step.addTransfers(
                Transfer.newBuilder()
                    .setName(transfer.what())
                    .setDone(transfer.done())
                    .setTotal(transfer.total())));
    return step.build();
  }

  private static Outcome outcome(BuildOutcome outcome) {
    Outcome.Builder message = Outcome.newBuilder().setText(outcome.text());
    switch (outcome) {
      case BuildOutcome.Succeeded(var digest) -> message.setDigest(digest.toString());
      case BuildOutcome.Failed failed -> {
        message
            .setReason(failed.reason().toString())
            .setIsUsersFault(failed.blame() == Blame.USER)
            .setIsRetryable(failed.reason().isRetryable())
            .setHint(failed.hint());
        if (failed.step() != null) {
          message.setStep(
              FailedStep.newBuilder()
                  .setInstruction(failed.step().instruction())
                  .setLine(failed.step().line())
                  .setExitCode(failed.step().exitCode()));
        }
      }
      case BuildOutcome.Canceled _, BuildOutcome.TimedOut _, BuildOutcome.Unproven _ -> {}
    }
    return message.build();
  }

  private static State state(BuildEvent event) {
    return switch (event) {
      case BuildEvent.Queued _ -> State.QUEUED;
      case BuildEvent.Preparing _ -> State.PREPARING;
      case BuildEvent.Building _ -> State.BUILDING;
      case BuildEvent.Pushing _ -> State.PUSHING;
      case BuildEvent.Copying _ -> State.COPYING;
      case BuildEvent.Finished(var outcome) ->
          switch (outcome) {
            case BuildOutcome.Succeeded _ -> State.SUCCEEDED;
            case BuildOutcome.Failed _, BuildOutcome.Unproven _ -> State.FAILED;
            case BuildOutcome.Canceled _ -> State.CANCELED;
            case BuildOutcome.TimedOut _ -> State.TIMED_OUT;
          };
    };
  }

  private static Step.State state(BuildStep.State state) {
    return switch (state) {
      case BuildStep.State.Started _, BuildStep.State.Transferred _ -> Step.State.STARTED;
      case BuildStep.State.Cached _ -> Step.State.CACHED;
      case BuildStep.State.Completed _ -> Step.State.COMPLETED;
      case BuildStep.State.Failed _ -> Step.State.FAILED;
    };
  }

  private static Cause cause(Facts.Cause cause) {
    return switch (cause) {
      case IMAGE_MISSING -> Cause.IMAGE_MISSING;
      case FORCED -> Cause.FORCED;
      case DIRECTORY -> Cause.DIRECTORY;
    };
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  private static com.google.protobuf.Duration duration(Duration time) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(time.getSeconds())
        .setNanos(time.getNano())
        .build();
  }
}
