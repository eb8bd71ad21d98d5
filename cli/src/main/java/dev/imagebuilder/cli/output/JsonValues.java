package dev.imagebuilder.cli.output;

import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.FailedStep;
import dev.imagebuilder.proto.v1.Outcome;
import dev.imagebuilder.proto.v1.Step;
import dev.imagebuilder.proto.v1.Transfer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The members of the objects that {@code --json} prints. */
public final class JsonValues {

  private JsonValues() {}

  /** A build; what it does not have yet is left out. */
  public static Map<String, Object> of(BuildInfo build) {
    Map<String, Object> members = new LinkedHashMap<>();
    put(members, "build_id", build.getId());
    members.put("state", build.getState().name());
    put(members, "activity", build.getActivity());
    if (build.getQueuePosition() > 0) {
      members.put("queue_position", build.getQueuePosition());
    }
    put(members, "ref", build.getRef());
    put(members, "base_ref", build.getBaseRef());
    put(members, "owner", build.getOwner());
    if (build.getCause() != BuildInfo.Cause.CAUSE_UNSPECIFIED) {
      members.put("cause", build.getCause().name());
    }
    put(members, "engine", build.getEngine());
    if (build.hasStartedAt()) {
      members.put("started_at", Words.instant(build.getStartedAt()).toString());
    }
    if (build.hasEndedAt()) {
      members.put("ended_at", Words.instant(build.getEndedAt()).toString());
    }
    members.put("steps", build.getSteps());
    members.put("cached_steps", build.getCachedSteps());
    if (build.hasOutcome()) {
      outcome(members, build.getOutcome());
    }
    return members;
  }

  static Map<String, Object> of(Step step) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", step.getId());
    members.put("name", step.getName());
    members.put("state", step.getState().name());
    if (step.hasTime()) {
      members.put("seconds", Words.duration(step.getTime()).toMillis() / 1000.0);
    }
    put(members, "error", step.getError());
    if (step.getTransfersCount() > 0) {
      List<Map<String, Object>> transfers =
          step.getTransfersList().stream().map(JsonValues::of).toList();
      members.put("transfers", transfers);
    }
    return members;
  }

  private static void outcome(Map<String, Object> members, Outcome outcome) {
    put(members, "message", outcome.getText());
    put(members, "digest", outcome.getDigest());
    put(members, "hint", outcome.getHint());
    if (!outcome.getReason().isEmpty()) {
      members.put("reason", outcome.getReason());
      members.put("is_users_fault", outcome.getIsUsersFault());
      members.put("is_retryable", outcome.getIsRetryable());
    }
    if (outcome.hasStep()) {
      members.put("failed_step", of(outcome.getStep()));
    }
  }

  private static Map<String, Object> of(Transfer transfer) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("name", transfer.getName());
    members.put("done", transfer.getDone());
    members.put("total", transfer.getTotal());
    return members;
  }

  private static Map<String, Object> of(FailedStep step) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("instruction", step.getInstruction());
    members.put("line", step.getLine());
    members.put("exit_code", step.getExitCode());
    return members;
  }

  private static void put(Map<String, Object> members, String name, String text) {
    if (!text.isEmpty()) {
      members.put(name, text);
    }
  }
}
