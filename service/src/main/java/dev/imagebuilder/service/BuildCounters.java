package dev.imagebuilder.service;

/**
 * Port: counts builds (SPEC 9.6). Whenever nothing is in between, {@code started = done + running}.
 * Called under a lock: returns at once and throws nothing.
 */
public interface BuildCounters {

  /** Counts nothing. */
  BuildCounters NONE =
      new BuildCounters() {
        @Override
        public void started() {}

        @Override
        public void done(Result result) {}
      };

  /** A build was accepted. */
  void started();

  /** A build ended. */
  void done(Result result);

  /** How a build ended, as coarse as the metric's label {@code success}. */
  enum Result {
    SUCCESS,
    FAILURE
  }
}
