package dev.imagebuilder.pipeline.git;

import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.net.Network;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.HttpConnectionFactory2;
import org.jspecify.annotations.Nullable;

/**
 * Opens JGit's connections to one remote with our trust, proxies and limits, and remembers the last
 * answer. A redirect is followed only to where the policy allows, and without the login when it
 * leads to another origin.
 */
final class GitHttp implements HttpConnectionFactory2 {
  private final GitUrl remote;
  private final GitOptions options;
  private final Network network;
  private final GitBudget budget;
  private int status;

  GitHttp(GitUrl remote, GitOptions options, Network network, GitBudget budget) {
    this.remote = remote;
    this.options = options;
    this.network = network;
    this.budget = budget;
  }

  /** The status of the last answer, 0 if there was none. */
  int status() {
    return status;
  }

  @Override
  public HttpConnection create(URL url) throws IOException {
    GitUrl target = checked(url);
    List<Proxy> proxies = network.proxies().select(uri(url));
    HttpURLConnection opened =
        (HttpURLConnection) url.openConnection(proxies.isEmpty() ? Proxy.NO_PROXY : proxies.get(0));
    if (opened instanceof HttpsURLConnection https) {
      https.setSSLSocketFactory(network.trust().getSocketFactory());
    }
    opened.setAuthenticator(network.proxyAuthenticator());
    opened.setConnectTimeout(Math.toIntExact(options.connectLimit().toMillis()));
    opened.setReadTimeout(Math.toIntExact(options.idleLimit().toMillis()));
    return new GitConnection(opened, this, target.isSameOrigin(remote));
  }

  /** The proxy that JGit found is the JDK's default one, which is not ours: not used. */
  @Override
  public HttpConnection create(URL url, @Nullable Proxy proxy) throws IOException {
    return create(url);
  }

  @Override
  public GitSession newSession() {
    return new Session();
  }

  /** Notes an answer. */
  void answered(int code) {
    status = code;
  }

  /** Notes received bytes. */
  void received(int bytes) throws IOException {
    budget.receive(bytes);
  }

  private GitUrl checked(URL url) throws IOException {
    try {
      GitUrl.WithLogin parsed = GitUrl.parse(url.toString());
      options.policy().check(parsed.url());
      return parsed.url();
    } catch (IllegalArgumentException e) {
      throw new IOException(
          remote + " leads to " + url.getProtocol() + "://" + url.getHost() + ": " + e.getMessage(),
          e);
    }
  }

  private static URI uri(URL url) throws IOException {
    try {
      return url.toURI();
    } catch (URISyntaxException e) {
      throw new IOException("not a URL: " + e.getReason(), e);
    }
  }

  /** A login for the remote, if there is one: the request's own, else the URL's. */
  static Optional<GitLogin> login(GitLogin asked, GitUrl.WithLogin url) {
    return asked.ifPresent().or(url::login);
  }

  /** Our connections are complete; certificates are always checked. */
  private static final class Session implements GitSession {
    @Override
    public HttpConnection configure(HttpConnection connection, boolean sslVerify) {
      return connection;
    }

    @Override
    public void close() {}
  }
}
