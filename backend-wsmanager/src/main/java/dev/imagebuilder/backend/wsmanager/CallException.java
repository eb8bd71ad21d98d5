package dev.imagebuilder.backend.wsmanager;

import dev.imagebuilder.core.Quoted;
import io.grpc.Status;

/** ws-manager did not do what it was asked, or nobody knows whether it did. */
final class CallException extends Exception {
  private static final int LONGEST = 4096;
  private final transient Status status;

  CallException(Status status) {
    super(described(status));
    this.status = status;
  }

  Status.Code code() {
    return status.getCode();
  }

  /** What went wrong, as mk3 quotes it in its messages. */
  String quoted() {
    return Quoted.of(described(status));
  }

  /** As Go prints a status: mk3's clients know these texts. */
  private static String described(Status status) {
    String description = status.getDescription() == null ? "" : status.getDescription();
    if (description.isEmpty() && status.getCause() != null) {
      description = status.getCause().toString();
    }
    String text = "rpc error: code = " + goName(status.getCode()) + " desc = " + description;
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }

  /** {@code FAILED_PRECONDITION} is {@code FailedPrecondition} there. */
  private static String goName(Status.Code code) {
    if (code == Status.Code.OK) {
      return "OK";
    }
    StringBuilder name = new StringBuilder();
    for (String word : code.name().split("_", -1)) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
    }
    return name.toString();
  }
}
