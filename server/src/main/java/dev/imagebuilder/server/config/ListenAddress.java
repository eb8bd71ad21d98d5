package dev.imagebuilder.server.config;

import java.net.InetSocketAddress;

/**
 * Where to listen.
 *
 * @param host empty for all addresses
 * @param port 0 for any free one
 */
public record ListenAddress(String host, int port) {

  /**
   * Reads {@code host:port}, {@code :port} or {@code [ipv6]:port}, as Go does.
   *
   * @throws IllegalArgumentException if the text has another shape
   */
  public static ListenAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException("not host:port: " + text);
    }
    String port = text.substring(colon + 1);
    if (colon < 0 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535) {
      throw new IllegalArgumentException("not host:port: " + text);
    }
    return new ListenAddress(host, Integer.parseInt(port));
  }

  /** For binding; a host that has no address stays unresolved. */
  public InetSocketAddress toSocketAddress() {
    return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
  }
}
