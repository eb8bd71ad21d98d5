package dev.imagebuilder.backend.wsmanager;

import dev.imagebuilder.core.LogLocation;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.proto.wsman.WorkspaceConditionBool;
import dev.imagebuilder.proto.wsman.WorkspaceConditions;
import dev.imagebuilder.proto.wsman.WorkspaceStatus;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a workspace: its last status, and what earlier ones said that the last does not
 * repeat. Updates leave phases out and take urls back; any part of one may be missing (SPEC 7.5).
 *
 * @param started seconds since 1970; 0 if not known
 */
record Observed(
    String id,
    Stage stage,
    String url,
    Secret token,
    Names names,
    long started,
    Conditions conditions) {
  private static final Secret NO_TOKEN = Secret.of("");

  /** Where it is in its life, as far as it matters. */
  enum Stage {
    /** We asked for it; nothing has been heard of it. */
    EXPECTED,
    RISING,
    RUNNING,
    /** It ended, and how is settled. */
    OVER,
    /** It is not there any more, and nobody said why. */
    GONE
  }

  /** Whose build it is, and of what. */
  record Names(String owner, String ref, String baseRef) {}

  /** What ws-manager says of its end. */
  record Conditions(
      String failed, String taskFailed, String timeout, boolean isStopped, boolean isAborted) {
    static final Conditions NONE = new Conditions("", "", "", false, false);

    /** The failure, of which the first kind says more (SPEC 7.2). */
    String failure() {
      return failed.isEmpty() ? taskFailed : failed;
    }
  }

  /** A workspace that is to come. */
  static Observed expected(String id, Names names) {
    return new Observed(id, Stage.EXPECTED, "", NO_TOKEN, names, 0, Conditions.NONE);
  }

  /** What is known after a status. */
  static Observed after(@Nullable Observed before, WorkspaceStatus status) {
    Observed old = before == null ? expected(status.getId(), new Names("", "", "")) : before;
    return new Observed(
        old.id,
        old.stage == Stage.OVER ? Stage.OVER : stage(status),
        or(status.getSpec().getUrl(), old.url),
        token(status, old),
        names(status, old.names),
        status.getMetadata().hasStartedAt()
            ? status.getMetadata().getStartedAt().getSeconds()
            : old.started,
        conditions(status.getConditions(), old.conditions));
  }

  /** The same after ws-manager answered that it runs. */
  Observed answered(String newUrl, String newToken) {
    Stage known = stage == Stage.EXPECTED ? Stage.RISING : stage;
    Secret newest = newToken.isEmpty() ? token : Secret.of(newToken);
    return new Observed(id, known, or(newUrl, url), newest, names, started, conditions);
  }

  /** The same when it is not listed any more. */
  Observed gone() {
    Stage last = stage == Stage.OVER ? Stage.OVER : Stage.GONE;
    return new Observed(id, last, url, token, names, started, conditions);
  }

  /** True if nothing more is to come. */
  boolean isOver() {
    return stage == Stage.OVER || stage == Stage.GONE;
  }

  /** Where its log is, once both parts are known. */
  Optional<LogLocation> log() {
    if (url.isEmpty() || token.isEmpty()) {
      return Optional.empty();
    }
    String base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    return Optional.of(new LogLocation(base, token));
  }

  Instant startedAt() {
    return Instant.ofEpochSecond(started);
  }

  private static Stage stage(WorkspaceStatus status) {
    return switch (status.getPhase()) {
      case STOPPING, STOPPED -> Stage.OVER;
      case RUNNING -> Stage.RUNNING;
      case UNKNOWN, PENDING, CREATING, INITIALIZING, INTERRUPTED, UNRECOGNIZED -> Stage.RISING;
    };
  }

  private static Secret token(WorkspaceStatus status, Observed old) {
    String token = status.getAuth().getOwnerToken();
    return token.isEmpty() || token.equals(old.token.reveal()) ? old.token : Secret.of(token);
  }

  private static Names names(WorkspaceStatus status, Names old) {
    if (!status.hasMetadata()) {
      return old;
    }
    var annotations = status.getMetadata().getAnnotationsMap();
    return new Names(
        or(old.owner, status.getMetadata().getOwner()),
        annotations.getOrDefault("ref", old.ref),
        annotations.getOrDefault("baseref", old.baseRef));
  }

  private static Conditions conditions(WorkspaceConditions now, Conditions old) {
    return new Conditions(
        or(now.getFailed(), old.failed),
        or(now.getHeadlessTaskFailed(), old.taskFailed),
        or(now.getTimeout(), old.timeout),
        now.getStoppedByRequest() == WorkspaceConditionBool.TRUE || old.isStopped,
        now.getAborted() == WorkspaceConditionBool.TRUE || old.isAborted);
  }

  private static String or(String first, String second) {
    return first.isEmpty() ? second : first;
  }
}
