package dev.imagebuilder.server.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.imagebuilder.server.config.ListenAddress;
import dev.imagebuilder.server.http.Page.Reply;
import dev.imagebuilder.server.http.Page.Request;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A small HTTP listener for the platform's own use (SPEC 9.3). */
public final class InternalHttp implements AutoCloseable {
  /** How much of a request's body is read. */
  static final int MOST_BODY = 64 * 1024;

  private static final Logger log = LoggerFactory.getLogger(InternalHttp.class);
  private static final String NO_PAGE = "other";

  private final String name;
  private final Map<String, Page> pages;
  private final HttpMetrics metrics;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private InternalHttp(
      String name, ListenAddress address, Map<String, Page> pages, HttpMetrics metrics)
      throws IOException {
    this.name = name;
    this.pages = Map.copyOf(pages);
    this.metrics = metrics;
    this.server = HttpServer.create(address.toSocketAddress(), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
  }

  /**
   * Listens until it is closed.
   *
   * @param name of the listener, for its metrics
   * @param pages by path, which must be the whole one
   */
  public static InternalHttp start(
      String name, ListenAddress address, Map<String, Page> pages, HttpMetrics metrics)
      throws IOException {
    InternalHttp http = new InternalHttp(name, address, pages, metrics);
    http.server.start();
    return http;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    Page page = pages.get(path);
    String handler = page == null ? NO_PAGE : path;
    try (exchange;
        HttpMetrics.Exchange measured = metrics.begin(name, handler)) {
      Request request = request(exchange);
      Reply reply = page == null ? Reply.text(404, "not found\n") : answer(page, request);
      boolean isHead = request.method().equals("HEAD");
      measured.answered(request.method(), reply.status(), isHead ? 0 : reply.body().length);
      exchange.getResponseHeaders().set("Content-Type", reply.type());
      exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
      boolean isEmpty = isHead || reply.body().length == 0;
      exchange.sendResponseHeaders(reply.status(), isEmpty ? -1 : reply.body().length);
      if (!isEmpty) {
        exchange.getResponseBody().write(reply.body());
      }
    }
  }

  private Reply answer(Page page, Request request) {
    try {
      return page.answer(request);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Reply.text(503, "the service is stopping\n");
    } catch (IOException | RuntimeException e) {
      log.atError().setCause(e).addKeyValue("port", name).log("cannot make a page");
      return Reply.text(500, "cannot make this page; the service's log says why\n");
    }
  }

  private static Request request(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(MOST_BODY);
    String query = exchange.getRequestURI().getRawQuery();
    return new Request(
        exchange.getRequestMethod(),
        query == null ? "" : query,
        new String(body, StandardCharsets.UTF_8),
        exchange.getRemoteAddress().getAddress().isLoopbackAddress());
  }
}
