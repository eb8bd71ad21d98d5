package dev.imagebuilder.net;

import dev.imagebuilder.core.Secret;
import java.io.IOException;
import java.net.Authenticator;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the proxy of a URL as Go programs do.
 *
 * @see "golang.org/x/net/http/httpproxy"
 */
final class Proxies extends ProxySelector {
  static final Proxies NONE = new Proxies(null, null, new NoProxy("*"));

  private final @Nullable ProxyServer http;
  private final @Nullable ProxyServer https;
  private final NoProxy exceptions;

  private Proxies(@Nullable ProxyServer http, @Nullable ProxyServer https, NoProxy exceptions) {
    this.http = http;
    this.https = https;
    this.exceptions = exceptions;
  }

  static Proxies fromEnvironment(Map<String, String> environment) throws NetworkException {
    @Nullable ProxyServer http = server(environment, "HTTP_PROXY", "http_proxy");
    @Nullable ProxyServer https = server(environment, "HTTPS_PROXY", "https_proxy");
    String exceptions = either(environment, "NO_PROXY", "no_proxy");
    return new Proxies(http, https, new NoProxy(exceptions));
  }

  @Override
  public List<Proxy> select(URI uri) {
    return List.of(server(uri).map(ProxyServer::proxy).orElse(Proxy.NO_PROXY));
  }

  /** Nothing: the caller's own error says it, and there is no second proxy to turn to. */
  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {}

  Optional<Secret> authorization(URI target) {
    return server(target).flatMap(ProxyServer::authorization);
  }

  Authenticator authenticator() {
    return new Authenticator() {
      @Override
      protected @Nullable PasswordAuthentication getPasswordAuthentication() {
        if (getRequestorType() != RequestorType.PROXY) {
          return null;
        }
        return Stream.of(Optional.ofNullable(http), Optional.ofNullable(https))
            .flatMap(Optional::stream)
            .filter(server -> server.isAt(getRequestingHost(), getRequestingPort()))
            .flatMap(server -> server.login().stream())
            .findFirst()
            .orElse(null);
      }
    };
  }

  private Optional<ProxyServer> server(URI uri) {
    boolean isHttps = "https".equalsIgnoreCase(uri.getScheme());
    if (uri.getHost() == null || (!isHttps && !"http".equalsIgnoreCase(uri.getScheme()))) {
      return Optional.empty();
    }
    int port = uri.getPort() >= 0 ? uri.getPort() : isHttps ? 443 : 80;
    return exceptions.covers(uri.getHost(), port)
        ? Optional.empty()
        : Optional.ofNullable(isHttps ? https : http);
  }

  private static @Nullable ProxyServer server(
      Map<String, String> environment, String upper, String lower) throws NetworkException {
    String value = either(environment, upper, lower);
    return value.isEmpty() ? null : ProxyServer.parse(upper, value);
  }

  private static String either(Map<String, String> environment, String upper, String lower) {
    String value = environment.getOrDefault(upper, "");
    return value.isEmpty() ? environment.getOrDefault(lower, "") : value;
  }
}
