package dev.imagebuilder.net;

import dev.imagebuilder.core.Secret;
import java.net.Authenticator;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;

/** How this process reaches the world: whom it trusts and through which proxy it goes. */
public final class Network {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

  /**
   * The JDK's clients log in at no proxy by Basic when they open a tunnel unless this is empty, and
   * read it once, when the first of them is made. A password in a proxy's URL is its user's wish.
   */
  private static final String TUNNEL_SCHEMES = "jdk.http.auth.tunneling.disabledSchemes";

  static {
    if (System.getProperty(TUNNEL_SCHEMES) == null) {
      System.setProperty(TUNNEL_SCHEMES, "");
    }
  }

  private final Trust trust;
  private final Proxies proxies;

  private Network(Trust trust, Proxies proxies) {
    this.trust = trust;
    this.proxies = proxies;
  }

  /** The JDK's own authorities, and no proxy. */
  public static Network ofJdk() {
    return new Network(Trust.ofJdk(), Proxies.NONE);
  }

  /**
   * What the environment says, read as Go programs read it: {@code SSL_CERT_FILE} and {@code
   * SSL_CERT_DIR} or else the system's certificates, {@code HTTP_PROXY}, {@code HTTPS_PROXY} and
   * {@code NO_PROXY} in upper or lower case. Without any certificates of the system, the JDK's
   * count.
   *
   * @throws NetworkException if a file that is named cannot be used, or a proxy is no URL
   * @see "Go: crypto/x509 root_linux.go and root_unix.go, golang.org/x/net/http/httpproxy"
   */
  public static Network fromEnvironment(Map<String, String> environment) throws NetworkException {
    return new Network(Trust.fromEnvironment(environment), Proxies.fromEnvironment(environment));
  }

  /**
   * The same network that also trusts the authorities of a file.
   *
   * @param pem one or more certificates in PEM form
   * @throws NetworkException if the file cannot be read or holds no certificate
   */
  public Network withCa(Path pem) throws NetworkException {
    return new Network(trust.with(pem), proxies);
  }

  /** Whom we trust. */
  public SSLContext trust() {
    return trust.context();
  }

  /** The same for libraries that ask for both. */
  public X509TrustManager trustManager() {
    return trust.manager();
  }

  /** Which proxy serves which URL. */
  public ProxySelector proxies() {
    return proxies;
  }

  /**
   * Logs in at our proxies and nowhere else; for {@link java.net.HttpURLConnection}. An {@link
   * HttpClient} must not get it: it would then refuse a server's own 401. Send {@link
   * #proxyAuthorization} there.
   */
  public Authenticator proxyAuthenticator() {
    return proxies.authenticator();
  }

  /**
   * The value of {@code Proxy-Authorization} for a request that our {@link #proxies()} send through
   * a proxy with a password. {@link HttpClient} shows it to the proxy only, also in a tunnel.
   */
  public Optional<Secret> proxyAuthorization(URI target) {
    return proxies.authorization(target);
  }

  /** A client that follows no redirects: who uses it decides what may follow. */
  public HttpClient.Builder httpClient() {
    return HttpClient.newBuilder()
        .sslContext(trust.context())
        .proxy(proxies)
        // Its own threads are platform threads, as many as there are connections at work.
        .executor(task -> Thread.startVirtualThread(task))
        .connectTimeout(CONNECT_LIMIT)
        .followRedirects(HttpClient.Redirect.NEVER);
  }
}
