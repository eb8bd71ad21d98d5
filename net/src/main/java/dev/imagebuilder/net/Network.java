package dev.imagebuilder.net;

import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/** How this process reaches the world: whom it trusts and through which proxy it goes. */
public final class Network {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

  private final SSLContext trust;
  private final ProxySelector proxies;

  private Network(SSLContext trust, ProxySelector proxies) {
    this.trust = trust;
    this.proxies = proxies;
  }

  /** The JDK's own trust and proxy settings. */
  public static Network ofJdk() {
    try {
      return new Network(SSLContext.getDefault(), ProxySelector.getDefault());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has a default TLS context", e);
    }
  }

  /** Whom we trust. */
  public SSLContext trust() {
    return trust;
  }

  /** Which proxy serves which URL. */
  public ProxySelector proxies() {
    return proxies;
  }

  /** A client that follows no redirects: who uses it decides what may follow. */
  public HttpClient.Builder httpClient() {
    return HttpClient.newBuilder()
        .sslContext(trust)
        .proxy(proxies)
        .connectTimeout(CONNECT_LIMIT)
        .followRedirects(HttpClient.Redirect.NEVER);
  }
}
