package dev.imagebuilder.devregistry;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** One request and the answer to it. For the thread that handles it, but for the idle check. */
final class Call {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int BUFFER = 128 * 1024;

  private final HttpExchange exchange;
  private final Thread thread = Thread.currentThread();
  private volatile long lastProgress = System.nanoTime();

  Call(HttpExchange exchange) {
    this.exchange = exchange;
  }

  String method() {
    return exchange.getRequestMethod();
  }

  /** True for a request that wants no more than the headers. */
  boolean isHead() {
    return method().equals("HEAD");
  }

  /** The path as it came; empty if the request has none. */
  String rawPath() {
    return Optional.ofNullable(exchange.getRequestURI().getRawPath()).orElse("");
  }

  /** The first value of a parameter of the query. */
  Optional<String> query(String name) throws Refusal {
    @Nullable String query = exchange.getRequestURI().getRawQuery();
    if (query == null) {
      return Optional.empty();
    }
    for (String pair : query.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      if (decode(parts[0]).equals(name)) {
        return Optional.of(parts.length == 2 ? decode(parts[1]) : "");
      }
    }
    return Optional.empty();
  }

  /** The first value of a header of the request. */
  Optional<String> header(String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  /** The length of the request's body, if it is announced. */
  OptionalLong announced() throws Refusal {
    Optional<String> length = header("Content-Length");
    try {
      return length.isEmpty()
          ? OptionalLong.empty()
          : OptionalLong.of(Long.parseLong(length.get().strip()));
    } catch (NumberFormatException _) {
      throw new Refusal(400, Refusal.Code.SIZE_INVALID, "Content-Length is no number");
    }
  }

  /** The request's body; fails if fewer bytes come than are announced. */
  InputStream body() throws Refusal {
    return new Body(exchange.getRequestBody(), announced());
  }

  /** Sets a header of the answer. */
  Call with(String name, String value) {
    exchange.getResponseHeaders().set(name, value);
    return this;
  }

  /** Answers without a body. */
  void answer(int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
  }

  /** Answers with a body, which a HEAD request does not get. */
  void answer(int status, String contentType, byte[] body) throws IOException {
    with("Content-Type", contentType);
    if (start(status, body.length)) {
      send(body, body.length);
    }
  }

  /** Answers with JSON. */
  void answerJson(int status, Object body) throws IOException {
    answer(status, "application/json", JSON.writeValueAsBytes(body));
  }

  /** Answers with a part of a file, which a HEAD request does not get. */
  void answer(int status, FileChannel file, ByteRange part) throws IOException {
    if (!start(status, part.length())) {
      return;
    }
    byte[] buffer = new byte[(int) Math.min(BUFFER, part.length())];
    long position = part.first();
    while (position <= part.last()) {
      int wanted = (int) Math.min(buffer.length, part.last() + 1 - position);
      int n = file.read(ByteBuffer.wrap(buffer, 0, wanted), position);
      if (n < 0) {
        throw new EOFException("a blob is shorter than it was");
      }
      send(buffer, n);
      position += n;
    }
  }

  /**
   * Reads some of what the client still sends, since many clients see an early answer only when
   * they have sent all.
   */
  void drain(long limit) throws IOException {
    byte[] buffer = new byte[BUFFER];
    InputStream in = new Body(exchange.getRequestBody(), OptionalLong.empty());
    long left = limit;
    for (int n = 0; n >= 0 && left > 0; n = in.read(buffer)) {
      left -= n;
    }
  }

  /** True once the answer's status is on its way. */
  boolean isAnswered() {
    return exchange.getResponseCode() != -1;
  }

  /** Nanoseconds since the last byte went in or out. */
  long idleNanos() {
    return System.nanoTime() - lastProgress;
  }

  /** Ends a call that gets nowhere: its connection closes. */
  void interrupt() {
    thread.interrupt();
  }

  private void send(byte[] bytes, int length) throws IOException {
    try {
      exchange.getResponseBody().write(bytes, 0, length);
    } catch (IOException e) {
      throw new ClientGoneException(e);
    }
    progress();
  }

  private boolean start(int status, long length) throws IOException {
    if (isHead() || length == 0) {
      Headers headers = exchange.getResponseHeaders();
      headers.set("Content-Length", Long.toString(length));
      exchange.sendResponseHeaders(status, -1);
      return false;
    }
    exchange.sendResponseHeaders(status, length);
    return true;
  }

  private void progress() {
    lastProgress = System.nanoTime();
  }

  private static String decode(String text) throws Refusal {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      throw new Refusal(400, Refusal.Code.UNSUPPORTED, "the query is not encoded as it must be");
    }
  }

  /** Counts what comes. */
  private final class Body extends InputStream {
    private final InputStream in;
    private final OptionalLong announced;
    private long read;

    Body(InputStream in, OptionalLong announced) {
      this.in = in;
      this.announced = announced;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = readOrFail(buffer, offset, length);
      if (n < 0 && announced.isPresent() && read < announced.getAsLong()) {
        throw new ClientGoneException("the client sent less than it announced");
      }
      read += Math.max(0, n);
      progress();
      return n;
    }

    private int readOrFail(byte[] buffer, int offset, int length) throws IOException {
      try {
        return in.read(buffer, offset, length);
      } catch (IOException e) {
        throw new ClientGoneException(e);
      }
    }
  }
}
