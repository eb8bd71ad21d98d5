package dev.imagebuilder.buildkit.docker;

/** A Docker Engine has answered that it cannot do what it was asked; the message is its own. */
public final class DockerException extends Exception {
  private static final long serialVersionUID = 1;

  DockerException(String message) {
    super(message);
  }
}
