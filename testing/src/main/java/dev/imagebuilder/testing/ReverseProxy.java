package dev.imagebuilder.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Passes requests on to a real registry; bodies go through memory. */
final class ReverseProxy implements Answer {
  /** Of one connection only, or set by the HTTP client itself. */
  private static final Set<String> OWN_HEADERS =
      Set.of(
          "connection",
          "content-length",
          "date",
          "expect",
          "host",
          "http2-settings",
          "transfer-encoding",
          "upgrade");

  private final URI registry;
  private final HttpClient http = HttpClient.newHttpClient();

  ReverseProxy(URI registry) {
    this.registry = registry;
  }

  @Override
  public Reply to(Request request) throws IOException, InterruptedException {
    HttpRequest.Builder outgoing =
        HttpRequest.newBuilder(URI.create(registry + request.target()))
            .method(
                request.method(),
                request.body().length == 0
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(request.body()));
    request.headers().forEach((name, values) -> pass(outgoing, name, values));
    HttpResponse<byte[]> response = http.send(outgoing.build(), BodyHandlers.ofByteArray());
    return reply(request, response);
  }

  private static void pass(HttpRequest.Builder outgoing, String name, List<String> values) {
    if (!OWN_HEADERS.contains(name)) {
      values.forEach(value -> outgoing.header(name, value));
    }
  }

  private Reply reply(Request request, HttpResponse<byte[]> response) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    response
        .headers()
        .map()
        .forEach((name, values) -> {
          if (!OWN_HEADERS.contains(name)) {
            headers.put(name, values);
          }
        });
    byte[] body = response.body();
    boolean isHead = request.method().equals("HEAD");
    long length =
        isHead ? response.headers().firstValueAsLong("Content-Length").orElse(0) : body.length;
    Reply reply = new Reply(response.statusCode(), headers, length, out -> out.write(body));
    Optional<String> location = response.headers().firstValue("location");
    return location.isEmpty() ? reply : reply.with("location", here(location.get(), request));
  }

  /** A place in the registry behind becomes the same place in front. */
  private String here(String location, Request request) {
    URI front = URI.create("http://" + request.header("Host").orElseThrow());
    String behind = registry.toString();
    return location.startsWith(behind) ? front + location.substring(behind.length()) : location;
  }
}
