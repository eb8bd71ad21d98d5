package dev.imagebuilder.service;

/** A request that was refused, with the status to answer. */
public final class RequestFault extends Exception {
  private final Kind kind;

  /** Refuses for a reason, in a sentence for the caller. */
  public RequestFault(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** Which status the caller gets. */
  public Kind kind() {
    return kind;
  }

  /** The statuses that SPEC 3 names, and what our own API needs besides. */
  public enum Kind {
    INVALID_ARGUMENT,
    NOT_FOUND,
    UNAUTHENTICATED,
    /** Try again later: an upstream limit, or this service is stopping. */
    UNAVAILABLE,
    /** The caller has too many builds queued. */
    RESOURCE_EXHAUSTED,
    /** A log has no such offset, and will not get there. */
    OUT_OF_RANGE,
    INTERNAL
  }
}
