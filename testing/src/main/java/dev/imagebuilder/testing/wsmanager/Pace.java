package dev.imagebuilder.testing.wsmanager;

import dev.imagebuilder.proto.wsman.WorkspacePhase;
import java.time.Duration;
import java.util.Set;

/**
 * How fast workspaces live, and what of it is told.
 *
 * @param url how long after its creation a workspace gets its url and token
 * @param phase how long each phase before RUNNING takes
 * @param removal how long a stopped workspace is still listed
 * @param told the phases of which updates are sent; under load the real one leaves some out
 */
public record Pace(Duration url, Duration phase, Duration removal, Set<WorkspacePhase> told) {
  private static final Set<WorkspacePhase> ALL =
      Set.of(
          WorkspacePhase.UNKNOWN,
          WorkspacePhase.PENDING,
          WorkspacePhase.CREATING,
          WorkspacePhase.INITIALIZING,
          WorkspacePhase.RUNNING,
          WorkspacePhase.STOPPING,
          WorkspacePhase.STOPPED);

  public Pace {
    told = Set.copyOf(told);
  }

  /** As the real one on an idle machine, but with nothing to pull. */
  public static Pace real() {
    return new Pace(Duration.ofMillis(75), Duration.ofMillis(40), Duration.ofMillis(100), ALL);
  }

  /** As fast as it goes. */
  public static Pace fast() {
    return new Pace(Duration.ofMillis(2), Duration.ofMillis(1), Duration.ofMillis(50), ALL);
  }

  /** The same, telling only of these phases. */
  public Pace telling(WorkspacePhase... phases) {
    return new Pace(url, phase, removal, Set.of(phases));
  }

  /** The same with url and token so late. */
  public Pace withUrlAfter(Duration late) {
    return new Pace(late, phase, removal, told);
  }

  /** The same with stopped workspaces listed for so long. */
  public Pace withRemovalAfter(Duration late) {
    return new Pace(url, phase, late, told);
  }
}
