package dev.imagebuilder.pipeline.git;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The remote answered, but has not what was asked for; the message says what. */
final class GitNotFoundException extends IOException {
  GitNotFoundException(String what, @Nullable Throwable cause) {
    super(what, cause);
  }
}
