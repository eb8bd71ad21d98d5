package dev.imagebuilder.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a {@link FakeRegistry} sends back.
 *
 * @param headers {@code Content-Length} aside
 * @param length bytes announced; {@link #CHUNKED} announces none
 * @param body writes what really comes, which may be something else
 */
public record Reply(int status, Map<String, List<String>> headers, long length, Body body) {
  /** The length of a body of unknown length. */
  public static final long CHUNKED = -1;

  public Reply {
    headers = Map.copyOf(headers);
  }

  /** Without headers and body. */
  public static Reply of(int status) {
    return new Reply(status, Map.of(), 0, _ -> {});
  }

  /** With a body. */
  public static Reply of(int status, String contentType, byte[] body) {
    return new Reply(status, Map.of(), body.length, out -> out.write(body))
        .with("Content-Type", contentType);
  }

  /** A registry's error: {@code {"errors":[{"code":…}]}}. */
  public static Reply error(int status, String code) {
    String json = "{\"errors\":[{\"code\":\"%s\",\"message\":\"made up\"}]}".formatted(code);
    return of(status, "application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  /** The same with a header, in place of what it had under that name. */
  public Reply with(String name, String... values) {
    Map<String, List<String>> more = new LinkedHashMap<>(headers);
    more.keySet().removeIf(name::equalsIgnoreCase);
    more.put(name, List.of(values));
    return new Reply(status, more, length, body);
  }

  /** The same with another status. */
  public Reply status(int other) {
    return new Reply(other, headers, length, body);
  }

  /** The same announcement with other bytes to follow. */
  public Reply sending(Body other) {
    return new Reply(status, headers, length, other);
  }

  /** What the body writes. */
  byte[] bytes() throws IOException, InterruptedException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    body.writeTo(bytes);
    return bytes.toByteArray();
  }

  /** Writes a body; may stop short, wait or write too much. */
  @FunctionalInterface
  public interface Body {

    /** Writes all there is; the stream is closed by the caller. */
    void writeTo(OutputStream out) throws IOException, InterruptedException;
  }
}
