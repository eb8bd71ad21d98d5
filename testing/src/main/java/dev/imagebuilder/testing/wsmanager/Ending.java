package dev.imagebuilder.testing.wsmanager;

import dev.imagebuilder.proto.wsman.WorkspaceConditionBool;
import dev.imagebuilder.proto.wsman.WorkspaceConditions;

/**
 * How a workspace ended, in the conditions that ws-manager-mk2 derives from it.
 *
 * @see "SPEC 7.5, point 3"
 */
public record Ending(WorkspaceConditions conditions) {
  private static final String TASK_FAILED = "headless task failed: ";

  /** The container ended by itself. */
  public static Ending exit(int code, String terminationMessage) {
    WorkspaceConditions.Builder conditions = none();
    if (!terminationMessage.isEmpty()) {
      conditions.setHeadlessTaskFailed(terminationMessage);
      if (code != 0 && !terminationMessage.startsWith(TASK_FAILED)) {
        conditions.setFailed(terminationMessage);
      }
    } else if (code != 0 && code != 137) {
      conditions.setFailed("container workspace ran with an error: exit code " + code);
    }
    return new Ending(conditions.build());
  }

  /** The task succeeded. */
  public static Ending success() {
    return exit(0, "");
  }

  /** The task failed, as supervisor reports it: with what bob left in its log. */
  public static Ending taskFailed(String bobLog) {
    return exit(0, "image build failed: " + bobLog + ". Run gp validate in the repository");
  }

  /** Kubernetes ended it: no memory, no image, no content, evicted. */
  public static Ending failed(String sentence) {
    return new Ending(none().setFailed(sentence).build());
  }

  /** Somebody called StopWorkspace. */
  public static Ending stopped() {
    return new Ending(none().setStoppedByRequest(WorkspaceConditionBool.TRUE).build());
  }

  /** Somebody called StopWorkspace with ABORT. */
  public static Ending aborted() {
    return new Ending(
        none()
            .setStoppedByRequest(WorkspaceConditionBool.TRUE)
            .setAborted(WorkspaceConditionBool.TRUE)
            .build());
  }

  /** ws-manager's own limit was reached. */
  public static Ending timedOut(String sentence) {
    return new Ending(none().setTimeout(sentence).build());
  }

  /** Its pod or node was removed from outside: nobody says anything. */
  public static Ending removed() {
    return new Ending(none().build());
  }

  private static WorkspaceConditions.Builder none() {
    return WorkspaceConditions.newBuilder();
  }
}
