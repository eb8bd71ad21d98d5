package dev.imagebuilder.core;

/** Port: where builds run. */
public interface BuildBackend {

  /**
   * Runs one build to its end on the calling thread.
   *
   * @return how it ended; {@link BuildOutcome.Succeeded} only if the push was acknowledged
   * @throws InterruptedException if the thread was interrupted, which stops the build; nothing of
   *     it is left behind when this comes
   */
  BuildOutcome run(BuildOrder order, BuildListener listener) throws InterruptedException;

  /** Which engine runs the builds and why, one line for people. */
  String describe();
}
