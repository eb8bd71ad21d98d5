package dev.imagebuilder.core;

import java.util.UUID;

/** Names one build: a random UUID. */
public record BuildId(UUID uuid) {

  /** A new one. */
  public static BuildId random() {
    return new BuildId(UUID.randomUUID());
  }

  /**
   * Reads the 36 characters of a UUID.
   *
   * @throws IllegalArgumentException if the text is none
   */
  public static BuildId parse(String text) {
    return new BuildId(UUID.fromString(text));
  }

  @Override
  public String toString() {
    return uuid.toString();
  }
}
