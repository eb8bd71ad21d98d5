package dev.imagebuilder.core;

/** Carries a typed failure from deep in a build to the one place that returns it as the outcome. */
public final class BuildFailedException extends Exception {
  private final transient BuildOutcome.Failed failure;

  /** Wraps the failure. */
  public BuildFailedException(BuildOutcome.Failed failure) {
    super(failure.message());
    this.failure = failure;
  }

  /** The same, keeping what led to it for our own log. */
  public BuildFailedException(BuildOutcome.Failed failure, Throwable cause) {
    super(failure.message(), cause);
    this.failure = failure;
  }

  /** What to return. */
  public BuildOutcome.Failed failure() {
    return failure;
  }
}
