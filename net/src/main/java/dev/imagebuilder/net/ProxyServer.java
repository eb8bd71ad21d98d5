package dev.imagebuilder.net;

import dev.imagebuilder.core.Secret;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP proxy.
 *
 * @param user null if there is no login
 */
record ProxyServer(String host, int port, @Nullable String user, Secret password) {

  /**
   * Reads {@code [http://][user:password@]host[:port]}.
   *
   * @param variable where it comes from, for the fault
   */
  static ProxyServer parse(String variable, String value) throws NetworkException {
    URI uri;
    try {
      uri = new URI(value.contains("://") ? value : "http://" + value);
    } catch (URISyntaxException _) {
      // The exception quotes the URL, which may hold a password.
      throw new NetworkException(variable + ": not a URL such as http://proxy.example:3128");
    }
    if (uri.getHost() == null) {
      throw new NetworkException(variable + ": no host in it, expected http://proxy.example:3128");
    }
    if (!uri.getScheme().equalsIgnoreCase("http")) {
      String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
      throw new NetworkException(
          variable + ": a proxy by " + scheme + ":// is not supported, only by http://");
    }
    int port = uri.getPort() >= 0 ? uri.getPort() : 80;
    String login = uri.getUserInfo();
    if (login == null) {
      return new ProxyServer(uri.getHost(), port, null, Secret.of(""));
    }
    int colon = login.indexOf(':');
    String user = colon < 0 ? login : login.substring(0, colon);
    String password = colon < 0 ? "" : login.substring(colon + 1);
    return new ProxyServer(uri.getHost(), port, user, Secret.of(password));
  }

  Proxy proxy() {
    return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port));
  }

  boolean isAt(String otherHost, int otherPort) {
    return port == otherPort && host.equalsIgnoreCase(otherHost);
  }

  Optional<PasswordAuthentication> login() {
    return user == null
        ? Optional.empty()
        : Optional.of(new PasswordAuthentication(user, password.reveal().toCharArray()));
  }

  /** The value of {@code Proxy-Authorization}. */
  Optional<Secret> authorization() {
    if (user == null) {
      return Optional.empty();
    }
    byte[] pair = (user + ":" + password.reveal()).getBytes(StandardCharsets.UTF_8);
    return Optional.of(Secret.of("Basic " + Base64.getEncoder().encodeToString(pair)));
  }
}
