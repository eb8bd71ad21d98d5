package dev.imagebuilder.core;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a build ended. */
public sealed interface BuildOutcome {

  /** The workspace image is in its repository. */
  record Succeeded(Digest workspaceImage) implements BuildOutcome {}

  /**
   * There is no image.
   *
   * @param message what was tried, on what, what happened; no prefix, no final dot
   * @param step the Dockerfile step that failed, if it was one
   * @param hint what to do next, a sentence without final dot; empty if there is nothing to say
   */
  record Failed(
      FailureReason reason, Blame blame, String message, @Nullable FailedStep step, String hint)
      implements BuildOutcome {

    /** A failure that the build's owner can mend. */
    public static Failed byUser(FailureReason reason, String message, String hint) {
      return new Failed(reason, Blame.USER, message, null, hint);
    }

    /** A failure that the installation's operator must look at, or that passes. */
    public static Failed bySystem(FailureReason reason, String message, String hint) {
      return new Failed(reason, Blame.SYSTEM, message, null, hint);
    }

    /** The same failure, with the step it happened in. */
    public Failed at(FailedStep where) {
      return new Failed(reason, blame, message, where, hint);
    }

    /** The sentence for people and old clients: blames the user by its prefix (SPEC 1.3). */
    @Override
    public String text() {
      String prefix = blame == Blame.USER ? "build failed: " : "";
      return prefix + message + (hint.isEmpty() ? "" : ". " + hint);
    }
  }

  /**
   * Over without a word of failure: it succeeded if its image is there, else it ended otherwise.
   * Only between a backend and the service, which looks; nobody else sees it.
   */
  record Unproven(BuildOutcome otherwise) implements BuildOutcome {}

  /** Somebody stopped it. */
  record Canceled(String by) implements BuildOutcome {
    @Override
    public String text() {
      return "build canceled by " + by;
    }
  }

  /** It took longer than allowed. */
  record TimedOut(Duration limit) implements BuildOutcome {
    @Override
    public String text() {
      return "build failed: it did not end within "
          + Durations.words(limit)
          + " and was stopped. Make its slowest step faster, or ask the operator for a longer"
          + " orchestrator.buildTimeout";
    }
  }

  /** One sentence for people; empty for a success. */
  default String text() {
    return "";
  }

  /** Who can do something about a failure. */
  enum Blame {
    USER,
    SYSTEM
  }

  /**
   * The step of a Dockerfile.
   *
   * @param instruction the instruction as written, e.g. {@code RUN make}
   * @param line its first line, from 1; 0 if not known
   * @param exitCode of its process; 0 if it had none
   */
  record FailedStep(String instruction, int line, int exitCode) {}
}
