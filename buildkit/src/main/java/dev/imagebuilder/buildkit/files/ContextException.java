package dev.imagebuilder.buildkit.files;

import java.io.IOException;

/** A file of a context cannot be sent; the message names it and says what to do. */
public final class ContextException extends IOException {

  /** Says which file it is and what is the matter. */
  public ContextException(String message) {
    super(message);
  }
}
