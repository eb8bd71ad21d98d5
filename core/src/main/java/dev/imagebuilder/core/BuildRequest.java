package dev.imagebuilder.core;

import java.time.Duration;
import java.util.Optional;

/**
 * One wish for a workspace image (SPEC 2.1, BuildRequest).
 *
 * @param triggeredBy the user who pays for the build, empty if not said
 * @param resolvedBaseImage a base reference that the caller resolved before, empty if none; tried
 *     first unless forced (SPEC 3.3, step 3)
 * @param timeout how long the build may take; the service's own limit if empty or longer
 */
public record BuildRequest(
    BuildSource source,
    RegistryAuth auth,
    Force force,
    String triggeredBy,
    String supervisorRef,
    String resolvedBaseImage,
    Attempts attempts,
    Optional<Duration> timeout,
    TraceContext trace) {

  /** A request that leaves the time to the service, and that nobody traces. */
  public BuildRequest(
      BuildSource source,
      RegistryAuth auth,
      Force force,
      String triggeredBy,
      String supervisorRef,
      String resolvedBaseImage,
      Attempts attempts) {
    this(
        source,
        auth,
        force,
        triggeredBy,
        supervisorRef,
        resolvedBaseImage,
        attempts,
        Optional.empty(),
        TraceContext.NONE);
  }

  /** Whether an image that is there already will do. */
  public enum Force {
    /** It will. */
    IF_MISSING,
    /** Build it anew, without any cache. */
    ALWAYS
  }
}
