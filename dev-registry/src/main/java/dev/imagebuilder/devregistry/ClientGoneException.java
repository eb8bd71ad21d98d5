package dev.imagebuilder.devregistry;

import java.io.IOException;

/** The connection broke or ended early: nobody is there to be told. */
final class ClientGoneException extends IOException {

  ClientGoneException(IOException cause) {
    super(cause);
  }

  ClientGoneException(String message) {
    super(message);
  }
}
