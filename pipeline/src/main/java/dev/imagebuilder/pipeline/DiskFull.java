package dev.imagebuilder.pipeline;

import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.FailureReason;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The disk of the working folder is full: whatever did not work then, that is why. */
final class DiskFull {
  static final Failed FAILURE =
      Failed.bySystem(
          FailureReason.DISK_FULL,
          "no space left on the disk where images are built",
          "Free some space below orchestrator.local.workDir, or make the source smaller");

  /** How the system says it; at the end, since others tell of disks of theirs. */
  private static final Pattern SAID = Pattern.compile("No space left on device$|quota exceeded$");

  private DiskFull() {}

  /** True if one of the causes is a file that could not be written for want of space. */
  static boolean isBehind(Throwable failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException && SAID.matcher(cause.getMessage() + "").find()) {
        return true;
      }
    }
    return false;
  }
}
