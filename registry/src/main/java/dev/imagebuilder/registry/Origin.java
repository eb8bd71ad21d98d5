package dev.imagebuilder.registry;

import java.net.URI;
import java.util.Locale;

/**
 * Scheme, host and port of a URL: what a credential is given to.
 *
 * @see "RFC 6454"
 */
record Origin(String scheme, String host, int port) {

  static Origin of(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    int standard = scheme.equals("https") ? 443 : 80;
    return new Origin(scheme, host, uri.getPort() < 0 ? standard : uri.getPort());
  }

  boolean isHttps() {
    return scheme.equals("https");
  }

  /** True for a URL that we may talk to at all: HTTP, a host, no user in it. */
  static boolean isWeb(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    return (scheme.equals("https") || scheme.equals("http"))
        && uri.getHost() != null
        && uri.getUserInfo() == null;
  }
}
