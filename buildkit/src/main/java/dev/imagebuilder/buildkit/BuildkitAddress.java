package dev.imagebuilder.buildkit;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/** Where a daemon listens. */
public sealed interface BuildkitAddress {

  /** A socket of this machine. */
  record Unix(Path path) implements BuildkitAddress {
    @Override
    public String toString() {
      return "unix://" + path;
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
   * A Docker Engine, whose own BuildKit is reached through its API.
   *
   * @param at where the Engine's API is
   */
  record InDocker(BuildkitAddress at) implements BuildkitAddress {
    @Override
    public String toString() {
      return at.toString();
    }
  }

  /** The address as a channel connects to it; a name is looked up for it. */
  default SocketAddress socket() {
    return switch (this) {
      case Unix(var path) -> UnixDomainSocketAddress.of(path);
      case Tcp(var host, var port) -> new InetSocketAddress(host, port);
      case InDocker(var at) -> at.socket();
    };
  }

  /** What listens there, for people. */
  default String program() {
    return this instanceof InDocker ? "Docker Engine" : "buildkitd";
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
