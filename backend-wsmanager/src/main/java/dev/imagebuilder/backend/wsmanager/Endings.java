package dev.imagebuilder.backend.wsmanager;

import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.FailureReason;
import java.util.Locale;

/**
 * Makes an outcome of what is known of a workspace that is over. Where nothing says that it failed
 * the registry has to tell whether it succeeded.
 *
 * @see "SPEC 1.3, 7.2, 7.5 point 3"
 */
final class Endings {
  /** Begins what a user can mend. */
  private static final String BUILD_FAILED = "build failed: ";

  /** Supervisor puts this in front of what bob left in its log. */
  private static final String BY_SUPERVISOR = "image build failed: ";

  private Endings() {}

  /** How the build ended. */
  static BuildOutcome of(Observed last) {
    Observed.Conditions conditions = last.conditions();
    if (!conditions.failure().isEmpty()) {
      return failed(conditions);
    }
    return new BuildOutcome.Unproven(withoutFailure(last));
  }

  private static BuildOutcome withoutFailure(Observed last) {
    Observed.Conditions conditions = last.conditions();
    if (!conditions.timeout().isEmpty()) {
      return Failed.byUser(
          FailureReason.WORKSPACE_LOST,
          "its workspace reached ws-manager's own time limit: " + conditions.timeout(),
          "Make its slowest step faster, or ask the operator for a longer limit");
    }
    if (conditions.isAborted()) {
      return new BuildOutcome.Canceled("a request to ws-manager to abort its workspace");
    }
    if (conditions.isStopped()) {
      return new BuildOutcome.Canceled("a request to ws-manager to stop its workspace");
    }
    if (last.stage() == Observed.Stage.GONE) {
      return Failed.bySystem(
          FailureReason.WORKSPACE_LOST,
          "image build did not produce a workspace image: its workspace is gone and nobody said"
              + " why",
          "Start the build again");
    }
    return Failed.bySystem(
        FailureReason.IMAGE_MISSING_AFTER_BUILD,
        "image build did not produce a workspace image",
        "Its workspace ended without a failure, as it does when its pod or node is removed: start"
            + " the build again");
  }

  private static Failed failed(Observed.Conditions conditions) {
    String text = conditions.failure();
    int bobs = text.indexOf(BY_SUPERVISOR);
    String bobLog = bobs < 0 ? text : text.substring(bobs + BY_SUPERVISOR.length());
    if (bobLog.startsWith(BUILD_FAILED)) {
      String message = bobLog.substring(BUILD_FAILED.length());
      return Failed.byUser(userReason(message), message, "");
    }
    FailureReason reason =
        conditions.taskFailed().isEmpty()
            ? FailureReason.WORKSPACE_LOST
            : FailureReason.STEP_FAILED;
    return Failed.bySystem(reason, text, "");
  }

  private static FailureReason userReason(String message) {
    String text = message.toLowerCase(Locale.ROOT);
    if (text.contains("could not find dockerfile")) {
      return FailureReason.DOCKERFILE_MISSING;
    }
    if (text.contains("dockerfile parse error") || text.contains("unknown instruction")) {
      return FailureReason.DOCKERFILE_INVALID;
    }
    return FailureReason.STEP_FAILED;
  }
}
