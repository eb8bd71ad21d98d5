package dev.imagebuilder.registry;

import dev.imagebuilder.core.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What came back: its head is here, its body still flows. Closing it frees the connection. */
final class Answer implements AutoCloseable {
  private static final int LONGEST_REST = 16 << 10;

  private final HttpResponse<InputStream> response;
  private final @Nullable Secret authorization;
  private final From from;
  private final Lanes.Place place;

  /**
   * Wraps a response.
   *
   * @param authorization what was sent to prove who asks, null for nothing
   * @param place is given back when this is closed
   */
  Answer(
      HttpResponse<InputStream> response,
      @Nullable Secret authorization,
      From from,
      Lanes.Place place) {
    this.response = response;
    this.authorization = authorization;
    this.from = from;
    this.place = place;
  }

  int status() {
    return response.statusCode();
  }

  boolean isSuccess() {
    return status() / 100 == 2;
  }

  Optional<String> header(String name) {
    return response.headers().firstValue(name);
  }

  List<String> headers(String name) {
    return response.headers().allValues(name);
  }

  URI uri() {
    return response.uri();
  }

  From from() {
    return from;
  }

  Optional<Secret> authorization() {
    return Optional.ofNullable(authorization);
  }

  /** Read once, closed with this. */
  InputStream body() {
    return response.body();
  }

  /**
   * The body, or its beginning.
   *
   * @param limit how many bytes at most
   */
  byte[] bytes(int limit) throws IOException {
    return body().readNBytes(limit);
  }

  @Override
  public void close() {
    try {
      drop(response);
    } finally {
      place.close();
    }
  }

  /** Reads a short rest, so that the connection can be used again; gives a long one up. */
  static void drop(HttpResponse<InputStream> response) {
    boolean isShort =
        response.headers().firstValueAsLong("Content-Length").orElse(LONGEST_REST) < LONGEST_REST;
    try (InputStream rest = response.body()) {
      if (isShort) {
        rest.skipNBytes(LONGEST_REST);
      }
    } catch (IOException _) {
      // Ended, as it should, or broke: nobody wants the rest.
      return;
    }
  }

  /** Who answered. */
  enum From {
    REGISTRY,
    /** Another origin that the registry redirected to: it is told and believed less. */
    ELSEWHERE
  }
}
