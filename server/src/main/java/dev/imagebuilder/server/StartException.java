package dev.imagebuilder.server;

import org.jspecify.annotations.Nullable;

/** The service could not start; the message says what was tried, what happened and what to do. */
public final class StartException extends Exception {

  /** Says why. */
  public StartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
