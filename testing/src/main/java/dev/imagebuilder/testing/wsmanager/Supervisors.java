package dev.imagebuilder.testing.wsmanager;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The HTTP endpoints of all workspaces' supervisors.
 *
 * @see "SPEC 2.4"
 */
final class Supervisors implements AutoCloseable {
  private static final Pattern PATH =
      Pattern.compile("/w/([^/]+)/_supervisor/v1/(status/tasks|terminal/listen/([^/]+))");

  /** Supervisor's own chunks. */
  static final int CHUNK = 4096;

  private final HttpServer http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Faults faults;
  private volatile Function<String, Optional<StandInWorkspace>> workspaces = _ -> Optional.empty();
  private volatile int chunk = CHUNK;

  private Supervisors(HttpServer http, Faults faults) {
    this.http = http;
    this.faults = faults;
  }

  static Supervisors start(Faults faults) throws IOException {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    Supervisors supervisors =
        new Supervisors(HttpServer.create(new InetSocketAddress(loopback, 0), 2000), faults);
    supervisors.http.setExecutor(supervisors.threads);
    supervisors.http.createContext("/w/", supervisors::handle);
    supervisors.http.start();
    return supervisors;
  }

  void serve(Function<String, Optional<StandInWorkspace>> found) {
    workspaces = found;
  }

  /** How much goes into one element of a terminal's stream. */
  void chunk(int bytes) {
    chunk = bytes;
  }

  String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
      Optional<StandInWorkspace> workspace =
          path.matches() ? workspaces.apply(path.group(1)) : Optional.empty();
      if (workspace.isEmpty()) {
        refuse(exchange, 404);
      } else if (!workspace
          .get()
          .token()
          .equals(exchange.getRequestHeaders().getFirst("x-gitpod-owner-token"))) {
        refuse(exchange, 401);
      } else if (path.group(3) == null) {
        tasks(exchange, workspace.get());
      } else if (path.group(3).equals(workspace.get().alias())) {
        listen(exchange, workspace.get().terminal());
      } else {
        refuse(exchange, 404);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void tasks(HttpExchange exchange, StandInWorkspace workspace)
      throws IOException, InterruptedException {
    String terminal = workspace.alias();
    String state = "running";
    switch (faults.nextSupervisor()) {
      case SupervisorFault.Answer(var status) -> {
        refuse(exchange, status);
        return;
      }
      case SupervisorFault.NoTasks() -> {
        send(exchange, "{\"result\":{\"tasks\":[]}}\n");
        return;
      }
      case SupervisorFault.Hang() -> {
        faults.hang();
        return;
      }
      case SupervisorFault.HangUp() -> throw new IOException("told to hang up");
      case SupervisorFault.NeverReady() -> {
        terminal = "";
        state = "opening";
      }
      case null, default -> {
        // as it should
      }
    }
    send(
        exchange,
        "{\"result\":{\"tasks\":[{\"id\":\"0\",\"state\":\""
            + state
            + "\",\"terminal\":\""
            + terminal
            + "\",\"presentation\":{\"name\":\"build\",\"openIn\":\"\",\"openMode\":\"\"}}]}}\n");
  }

  private void listen(HttpExchange exchange, Terminal terminal)
      throws IOException, InterruptedException {
    long left = Long.MAX_VALUE;
    boolean isGarbage = false;
    switch (faults.nextSupervisor()) {
      case SupervisorFault.Answer(var status) -> {
        refuse(exchange, status);
        return;
      }
      case SupervisorFault.Hang() -> {
        faults.hang();
        return;
      }
      case SupervisorFault.HangUp() -> throw new IOException("told to hang up");
      case SupervisorFault.Drop(var bytes) -> left = bytes;
      case SupervisorFault.Garbage() -> isGarbage = true;
      case null, default -> {
        // as it should
      }
    }
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    write(out, "{\"result\":{\"title\":\"build\",\"titleSource\":\"api\"}}\n");
    if (isGarbage) {
      write(out, "<html>{{{ this is not what you asked for\n");
      return;
    }
    try (Terminal.Reader reader = terminal.attach()) {
      while (left > 0) {
        byte[] bytes = reader.next((int) Math.min(left, chunk));
        if (bytes.length == 0) {
          write(
              out,
              "{\"result\":{\"exitCode\":"
                  + terminal.exitCode().orElse(0)
                  + ",\"titleSource\":\"process\"}}\n");
          return;
        }
        left -= bytes.length;
        String base64 = Base64.getEncoder().encodeToString(bytes);
        write(out, "{\"result\":{\"data\":\"" + base64 + "\",\"titleSource\":\"process\"}}\n");
      }
      // Half an element, then the connection ends without the last chunk.
      write(out, "{\"result\":{\"data\":\"QUJD");
      throw new IOException("told to drop the connection");
    }
  }

  private static void send(HttpExchange exchange, String json) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    write(exchange.getResponseBody(), json);
  }

  private static void refuse(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
