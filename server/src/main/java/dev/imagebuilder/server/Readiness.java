package dev.imagebuilder.server;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** Whether the service takes calls, and can do what they ask. Safe for any thread. */
final class Readiness {
  private volatile State state = State.STARTING;
  private volatile Supplier<Optional<String>> backend = Optional::empty;

  /** True if it takes calls; what its backend is up to does not count. */
  boolean isReady() {
    return state == State.READY;
  }

  /** Why it is of no use now; empty if it is. */
  Optional<String> reason() {
    return state == State.READY
        ? backend.get()
        : Optional.of(state.name().toLowerCase(Locale.ROOT));
  }

  void set(State next) {
    state = next;
  }

  /** Asks the backend as well from now on. */
  void ask(Supplier<Optional<String>> trouble) {
    backend = trouble;
  }

  enum State {
    STARTING,
    READY,
    STOPPING
  }
}
