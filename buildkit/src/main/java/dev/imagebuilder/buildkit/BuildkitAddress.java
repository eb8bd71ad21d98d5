package dev.imagebuilder.buildkit;

import java.nio.file.Path;

/** Where a daemon listens. */
public sealed interface BuildkitAddress {

  /** A socket of this machine. */
  record Unix(Path socket) implements BuildkitAddress {
    @Override
    public String toString() {
      return "unix://" + socket;
    }
  }

  /** A port of any machine. */
  record Tcp(String host, int port) implements BuildkitAddress {
    @Override
    public String toString() {
      return "tcp://" + host + ":" + port;
    }
  }

  /**
   * Reads {@code unix:///path} or {@code tcp://host:port}.
   *
   * @throws IllegalArgumentException if the text has another shape
   */
  static BuildkitAddress parse(String text) {
    if (text.startsWith("unix:///")) {
      return new Unix(Path.of(text.substring("unix://".length())));
    }
    if (text.startsWith("tcp://")) {
      String rest = text.substring("tcp://".length());
      int colon = rest.lastIndexOf(':');
      String port = rest.substring(colon + 1);
      if (colon > 0 && port.matches("[0-9]{1,5}") && Integer.parseInt(port) <= 65535) {
        return new Tcp(rest.substring(0, colon), Integer.parseInt(port));
      }
    }
    throw new IllegalArgumentException(
        "not the address of a buildkitd, expected unix:///path or tcp://host:port: " + text);
  }
}
