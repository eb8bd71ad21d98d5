package dev.imagebuilder.server;

/** Whether the service takes calls. Safe for any thread. */
final class Readiness {
  private volatile State state = State.STARTING;

  State state() {
    return state;
  }

  boolean isReady() {
    return state == State.READY;
  }

  void set(State next) {
    state = next;
  }

  enum State {
    STARTING,
    READY,
    STOPPING
  }
}
