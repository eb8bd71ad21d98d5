package dev.imagebuilder.server.api;

/** A client did not take what it was sent for too long. */
final class StalledException extends Exception {
  StalledException() {
    super("subscription canceled - please try again");
  }
}
