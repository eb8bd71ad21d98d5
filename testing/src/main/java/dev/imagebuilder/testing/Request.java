package dev.imagebuilder.testing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A request that a {@link FakeRegistry} got, body and all. */
public final class Request {
  private final String method;
  private final String target;
  private final Map<String, List<String>> headers;
  private final byte[] body;

  /** Headers are by lower-case name. */
  Request(String method, String target, Map<String, List<String>> headers, byte[] body) {
    this.method = method;
    this.target = target;
    this.headers = Map.copyOf(headers);
    this.body = body;
  }

  /** In upper case. */
  public String method() {
    return method;
  }

  /** The same request of another path and query. */
  public Request at(String otherTarget) {
    return new Request(method, otherTarget, headers, body);
  }

  /** Path and query as they came, not decoded. */
  public String target() {
    return target;
  }

  /** The path as it came, without the query. */
  public String path() {
    int question = target.indexOf('?');
    return question < 0 ? target : target.substring(0, question);
  }

  /** The first value of a header, whatever the case of its name. */
  public Optional<String> header(String name) {
    return headers(name).stream().findFirst();
  }

  /** All values of a header. */
  public List<String> headers(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  /** All headers by lower-case name. */
  public Map<String, List<String>> headers() {
    return headers;
  }

  /** The body's bytes; not a copy, leave them as they are. */
  public byte[] body() {
    return body;
  }

  /** The body as UTF-8 text. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** Method and target: {@code GET /v2/}. */
  @Override
  public String toString() {
    return method + " " + target;
  }
}
