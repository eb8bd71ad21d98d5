package dev.imagebuilder.pipeline.git;

import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.core.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The URL of a remote without a user or a password in it: what may be shown and written to disk.
 *
 * @param port as given, or the scheme's own
 */
record GitUrl(String scheme, String host, int port, String path) {
  private static final int LONGEST = 4096;
  private static final int HIGHEST_PORT = 65535;

  /** A URL and the login that was written into it, if any. */
  record WithLogin(GitUrl url, Optional<GitLogin> login) {}

  /**
   * Reads an absolute http or https URL.
   *
   * @throws IllegalArgumentException says why it is none; never holds a password
   */
  static WithLogin parse(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("it is empty");
    }
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException("it is longer than " + LONGEST + " characters");
    }
    if (text.startsWith("-")) {
      throw new IllegalArgumentException("it starts with a dash");
    }
    if (text.chars().anyMatch(c -> c <= ' ' || c == 0x7F || c == '\\')) {
      throw new IllegalArgumentException("it has a blank, a backslash or a control character");
    }
    if (!text.contains("://")) {
      throw new IllegalArgumentException("it is no https:// or http:// URL");
    }
    URI uri = uri(text);
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !scheme.equals("http")) {
      throw new IllegalArgumentException(
          "scheme " + scheme + " is not supported, use https://, or a login for private ones");
    }
    if (uri.getHost() == null || uri.getRawFragment() != null || uri.getPort() > HIGHEST_PORT) {
      throw new IllegalArgumentException("it has no host, an impossible port, or a fragment");
    }
    int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    String path = (uri.getRawPath() == null ? "" : uri.getRawPath()) + query;
    return new WithLogin(
        new GitUrl(scheme, uri.getHost(), port, path), login(uri.getRawUserInfo()));
  }

  /** True if a login for the one may be shown to the other. */
  boolean isSameOrigin(GitUrl other) {
    return scheme.equals(other.scheme) && host.equalsIgnoreCase(other.host) && port == other.port;
  }

  /** {@code scheme://host[:port]/path}. */
  @Override
  public String toString() {
    boolean usual = port == (scheme.equals("https") ? 443 : 80);
    return scheme + "://" + host + (usual ? "" : ":" + port) + path;
  }

  private static URI uri(String text) {
    try {
      return new URI(text).parseServerAuthority();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("it is no URL: " + e.getReason());
    }
  }

  private static Optional<GitLogin> login(@Nullable String userInfo) {
    if (userInfo == null || userInfo.isEmpty()) {
      return Optional.empty();
    }
    int colon = userInfo.indexOf(':');
    String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
    String password = colon < 0 ? "" : userInfo.substring(colon + 1);
    return Optional.of(new GitLogin(decoded(user), Secret.of(decoded(password))));
  }

  private static String decoded(String part) {
    // A plus is a plus here, unlike in a form.
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
