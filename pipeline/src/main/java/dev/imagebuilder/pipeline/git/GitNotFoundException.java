package dev.imagebuilder.pipeline.git;

import java.io.IOException;

/** The remote answered, but has not what was asked for; the message says what. */
final class GitNotFoundException extends IOException {
  GitNotFoundException(String what) {
    super(what);
  }
}
