package dev.imagebuilder.devgit;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Serves the repositories of one folder over smart HTTP on a loopback address, for reading only.
 * {@code http://127.0.0.1:port/name.git} is the folder's {@code name.git}, or {@code name} with a
 * {@code .git} in it. Any commit that a branch or tag reaches can be asked for by its id.
 *
 * @see "git, gitprotocol-http(5) and gitprotocol-v2(5)"
 */
public final class GitHttpServer implements AutoCloseable {
  private final HttpServer http;
  private final ExecutorService threads;

  private GitHttpServer(HttpServer http, ExecutorService threads) {
    this.http = http;
    this.threads = threads;
  }

  /**
   * Serves a folder to everybody on this machine.
   *
   * @param port 0 for any free one
   * @throws IOException if the port cannot be had
   */
  public static GitHttpServer start(Path folder, int port) throws IOException {
    return start(folder, port, Optional.empty());
  }

  /**
   * Serves a folder to those who send this user and password (basic authentication).
   *
   * @param port 0 for any free one
   * @throws IOException if the port cannot be had
   */
  public static GitHttpServer start(Path folder, int port, Login login) throws IOException {
    return start(folder, port, Optional.of(login));
  }

  /** {@code http://127.0.0.1:port}, without a slash at the end. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
  }

  /** Where a repository of this name, given without {@code .git}, can be cloned from. */
  public URI url(String name) {
    return URI.create(address() + "/" + name + ".git");
  }

  /** Stops at once; running fetches break off. */
  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
    threads.close();
  }

  private static GitHttpServer start(Path folder, int port, Optional<Login> login)
      throws IOException {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    HttpServer http = HttpServer.create(new InetSocketAddress(loopback, port), 0);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    http.setExecutor(threads);
    http.createContext("/", new GitHandler(folder, login));
    http.start();
    return new GitHttpServer(http, threads);
  }

  /** Who may read. */
  public record Login(String user, String password) {
    @Override
    public String toString() {
      return user + ":***";
    }
  }
}
