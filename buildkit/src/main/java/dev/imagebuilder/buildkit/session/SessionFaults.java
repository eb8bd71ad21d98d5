package dev.imagebuilder.buildkit.session;

import dev.imagebuilder.core.BuildOutcome.Failed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What went wrong on our side while the daemon asked. The daemon passes our words on as text; here
 * they are found again as what they are.
 */
public final class SessionFaults {
  private final List<Failed> faults = new ArrayList<>();

  /**
   * The newest fault whose message the daemon's error repeats. An old daemon may say no more than
   * that it broke off: then it is the newest.
   */
  public synchronized Optional<Failed> in(String error) {
    boolean isWithoutCause = error.endsWith("context canceled");
    return faults.reversed().stream()
        .filter(fault -> isWithoutCause || error.contains(fault.message()))
        .findFirst();
  }

  synchronized void add(Failed fault) {
    faults.add(fault);
  }
}
