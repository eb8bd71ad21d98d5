package dev.imagebuilder.pipeline.buildah;

import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.FailureReason;

/** A Dockerfile that Buildah must not, or cannot, run. */
final class DockerfileFaultException extends Exception {

  /**
   * Says what is wrong.
   *
   * @param line where, from 1; 0 if it is not in the Dockerfile
   */
  DockerfileFaultException(int line, String what) {
    super((line > 0 ? "line " + line + " of the Dockerfile: " : "") + what);
  }

  /** The end of the build. */
  Failed failure() {
    return Failed.byUser(FailureReason.DOCKERFILE_INVALID, String.valueOf(getMessage()), "");
  }
}
