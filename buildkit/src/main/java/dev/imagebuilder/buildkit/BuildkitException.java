package dev.imagebuilder.buildkit;

/** A daemon cannot be used; the message says which one, what was tried and what to do. */
public final class BuildkitException extends Exception {

  /** Says what is the matter. */
  public BuildkitException(String message) {
    super(message);
  }

  /** The same, with what led to it. */
  public BuildkitException(String message, Throwable cause) {
    super(message, cause);
  }
}
