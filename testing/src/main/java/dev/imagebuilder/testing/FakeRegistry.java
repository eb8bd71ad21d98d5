package dev.imagebuilder.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/**
 * An HTTP server on a free loopback port that answers as it is told and remembers what it was
 * asked. With {@link Answer#from} it is a faulty proxy in front of a real registry.
 */
public final class FakeRegistry implements AutoCloseable {
  private final HttpServer http;
  private final ExecutorService threads;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private volatile Answer answer;

  private FakeRegistry(HttpServer http, ExecutorService threads, Answer answer) {
    this.http = http;
    this.threads = threads;
    this.answer = answer;
  }

  /** Starts one that gives this answer. */
  public static FakeRegistry answering(Answer answer) throws IOException {
    return serving(HttpServer.create(anyPort(), 0), answer);
  }

  /**
   * Starts one that speaks TLS.
   *
   * @param folder has the files of {@link TlsFiles}
   */
  public static FakeRegistry secure(Path folder) throws IOException {
    HttpsServer https = HttpsServer.create(anyPort(), 0);
    https.setHttpsConfigurator(new HttpsConfigurator(TlsFiles.server(folder)));
    return serving(https, Answer.nothing());
  }

  private static InetSocketAddress anyPort() throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0);
  }

  private static FakeRegistry serving(HttpServer http, Answer answer) {
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    FakeRegistry fake = new FakeRegistry(http, threads, answer);
    http.setExecutor(threads);
    http.createContext("/", fake::handle);
    http.start();
    return fake;
  }

  /** Starts one that knows nothing yet: for answers that need its own address. */
  public static FakeRegistry start() throws IOException {
    return answering(Answer.nothing());
  }

  /** From now on gives this answer. */
  public void answer(Answer other) {
    answer = other;
  }

  /** The domain in references: {@code localhost:port}. */
  public String domain() {
    return "localhost:" + http.getAddress().getPort();
  }

  /** {@code http(s)://localhost:port}, without a slash at the end. */
  public URI address() {
    return URI.create((http instanceof HttpsServer ? "https://" : "http://") + domain());
  }

  /** All requests so far, in the order in which their bodies were complete. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  /** Those of the requests so far that match. */
  public List<Request> requests(Predicate<Request> matches) {
    return requests.stream().filter(matches).toList();
  }

  /** Forgets the requests so far. */
  public void forget() {
    requests.clear();
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
    threads.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Request request = read(exchange);
      requests.add(request);
      send(exchange, answer.to(request));
    } catch (InterruptedException _) {
      // Closed in the middle of an answer: the client sees its connection end.
      Thread.currentThread().interrupt();
    }
  }

  private static Request read(HttpExchange exchange) throws IOException {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
    return new Request(
        exchange.getRequestMethod(),
        exchange.getRequestURI().toString(),
        headers,
        exchange.getRequestBody().readAllBytes());
  }

  private static void send(HttpExchange exchange, Reply reply)
      throws IOException, InterruptedException {
    reply.headers().forEach((name, values) -> exchange.getResponseHeaders().put(name, values));
    boolean isHead = exchange.getRequestMethod().equals("HEAD");
    if (isHead && reply.length() != Reply.CHUNKED) {
      exchange.getResponseHeaders().set("Content-Length", Long.toString(reply.length()));
    }
    if (isHead || reply.length() == 0) {
      exchange.sendResponseHeaders(reply.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(reply.status(), Math.max(0, reply.length()));
    reply.body().writeTo(exchange.getResponseBody());
  }
}
