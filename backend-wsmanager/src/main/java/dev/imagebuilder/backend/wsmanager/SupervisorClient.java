package dev.imagebuilder.backend.wsmanager;

import dev.imagebuilder.core.LogLocation;
import dev.imagebuilder.net.Network;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Asks the supervisor in a workspace for its task and the task's terminal.
 *
 * @see "SPEC 2.4 and 7.4"
 */
final class SupervisorClient implements AutoCloseable {
  private static final JsonFactory JSON = new JsonFactory();

  /** Supervisor answers the question for tasks only when the workspace's content is there. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

  private static final int MOST_ANSWER = 1 << 20;

  private final HttpClient http;
  private final Network network;

  SupervisorClient(Network network) {
    this.network = network;
    // Each workspace is a host of its own: there is nothing to multiplex, and HTTP/2 costs memory.
    this.http = network.httpClient().version(HttpClient.Version.HTTP_1_1).build();
  }

  /**
   * The name of the first task's terminal.
   *
   * @return empty while the task has none yet
   * @throws IOException if there is no answer that has a task
   */
  String terminal(LogLocation at) throws IOException, InterruptedException {
    try (InputStream body = new Bounded(get(at, "status/tasks"), MOST_ANSWER)) {
      // To its end: the connection then serves the next request, too.
      return firstTerminal(body.readAllBytes());
    } catch (JacksonException e) {
      throw new IOException("tasks of the build's workspace: no valid answer", e);
    }
  }

  /** The terminal's output so far, as far as it is kept, and from then on; the caller closes it. */
  InputStream listen(LogLocation at, String terminal) throws IOException, InterruptedException {
    if (!terminal.matches("[A-Za-z0-9_.-]+")) {
      throw new IOException("the build's workspace names a terminal that is no name");
    }
    return get(at, "terminal/listen/" + terminal);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private InputStream get(LogLocation at, String path) throws IOException, InterruptedException {
    URI uri;
    HttpRequest.Builder request;
    try {
      uri = URI.create(at.url() + "/_supervisor/v1/" + path);
      request = HttpRequest.newBuilder(uri);
    } catch (IllegalArgumentException e) {
      throw new IOException("the build's workspace has a URL that is none", e);
    }
    request
        .timeout(ANSWER_LIMIT)
        .header("x-gitpod-owner-token", at.ownerToken().reveal())
        .header("Cache", "no-cache");
    network
        .proxyAuthorization(uri)
        .ifPresent(login -> request.header("Proxy-Authorization", login.reveal()));
    HttpResponse<InputStream> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      response.body().close();
      throw new IOException("received non-200 status from " + uri + ": " + response.statusCode());
    }
    return response.body();
  }

  /** Reads {@code {"result":{"tasks":[{"terminal":"…"}]}}}; only the first task counts. */
  private static String firstTerminal(byte[] body) throws IOException {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body)) {
      int depth = 0;
      boolean isTask = false;
      String terminal = "";
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
          depth++;
          isTask |= depth == 4 && token == JsonToken.START_OBJECT;
        } else if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) {
          depth--;
          if (isTask && depth == 3) {
            return terminal;
          }
        } else if (depth == 4 && "terminal".equals(json.currentName())) {
          terminal = json.getString();
        }
      }
    }
    throw new IOException("build workspace has no tasks");
  }
}
