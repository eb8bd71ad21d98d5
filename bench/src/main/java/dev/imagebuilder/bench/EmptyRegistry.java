package dev.imagebuilder.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A registry that answers at once: it has every base image that is asked for, each another one, and
 * a workspace image once it was told so.
 */
final class EmptyRegistry implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, TestImage> images = new ConcurrentHashMap<>();
  private final HttpServer http;
  private final Set<String> asked = ConcurrentHashMap.newKeySet();
  private final Set<String> filled = ConcurrentHashMap.newKeySet();

  private EmptyRegistry(HttpServer http) {
    this.http = http;
    http.setExecutor(threads);
    http.createContext("/", this::answer);
    http.start();
  }

  static EmptyRegistry start() throws IOException {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    return new EmptyRegistry(HttpServer.create(new InetSocketAddress(loopback, 0), 2048));
  }

  String domain() {
    return "127.0.0.1:" + http.getAddress().getPort();
  }

  /** Every workspace image that was asked for until now is there. */
  void fill() {
    filled.addAll(asked);
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (path.equals("/v2/")) {
        exchange.sendResponseHeaders(200, -1);
      } else if (isMissing(path)) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        send(exchange, image(path.substring(path.lastIndexOf('/') + 1)));
      }
    }
  }

  private boolean isMissing(String path) {
    boolean isTag = path.startsWith("/v2/workspace-images/") && !path.contains("/sha256:");
    if (!isTag) {
      return false;
    }
    asked.add(path);
    return !filled.contains(path);
  }

  /** By tag, or by the digest that the tag has led to. */
  private TestImage image(String reference) {
    TestImage known = images.get(reference);
    if (known != null) {
      return known;
    }
    TestImage made = TestImages.oci(reference);
    images.put(made.digest().toString(), made);
    images.put(reference, made);
    return made;
  }

  private static void send(HttpExchange exchange, TestImage image) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", image.mediaType());
    exchange.getResponseHeaders().set("Docker-Content-Digest", image.digest().toString());
    boolean isHead = exchange.getRequestMethod().equals("HEAD");
    if (isHead) {
      exchange
          .getResponseHeaders()
          .set("Content-Length", Integer.toString(image.manifest().length));
      exchange.sendResponseHeaders(200, -1);
    } else {
      exchange.sendResponseHeaders(200, image.manifest().length);
      exchange.getResponseBody().write(image.manifest());
    }
  }
}
