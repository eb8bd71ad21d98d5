package dev.imagebuilder.core;

/**
 * One wish for a workspace image (SPEC 2.1, BuildRequest).
 *
 * @param triggeredBy the user who pays for the build, empty if not said
 * @param resolvedBaseImage a base reference that the caller resolved before, empty if none; tried
 *     first unless forced (SPEC 3.3, step 3)
 */
public record BuildRequest(
    BuildSource source,
    RegistryAuth auth,
    Force force,
    String triggeredBy,
    String supervisorRef,
    String resolvedBaseImage,
    Attempts attempts) {

  /** Whether an image that is there already will do. */
  public enum Force {
    /** It will. */
    IF_MISSING,
    /** Build it anew, without any cache. */
    ALWAYS
  }
}
