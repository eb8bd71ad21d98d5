package dev.imagebuilder.core;

import java.util.Optional;

/** Port: where builds run. */
public interface BuildBackend {

  /**
   * Runs one build to its end on the calling thread.
   *
   * @return how it ended; {@link BuildOutcome.Succeeded} only if the push was acknowledged, {@link
   *     BuildOutcome.Unproven} if nobody can say whether it was
   * @throws InterruptedException if the thread was interrupted, which stops the build; nothing of
   *     it is left behind when this comes
   */
  BuildOutcome run(BuildOrder order, BuildListener listener) throws InterruptedException;

  /** Which engine runs the builds and why, one line for people. */
  String describe();

  /** Why this backend cannot build such a source, for the caller; empty if it can. */
  default Optional<String> refusal(BuildSource source) {
    return Optional.empty();
  }

  /** Why builds cannot be started at the moment, for the operator; empty if they can. */
  default Optional<String> trouble() {
    return Optional.empty();
  }
}
