package dev.imagebuilder.server.http;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/** {@code /live} and {@code /ready} (SPEC 9.3). */
public final class HealthPages {
  private HealthPages() {}

  /**
   * The pages.
   *
   * @param trouble why the service is of no use now; empty if it is
   */
  public static Map<String, Page> of(Supplier<Optional<String>> trouble) {
    return Map.of(
        "/live", request -> request.isRead() ? Page.Reply.json(200, "{}") : Page.Reply.onlyReads(),
        "/ready", request -> request.isRead() ? ready(trouble.get()) : Page.Reply.onlyReads());
  }

  private static Page.Reply ready(Optional<String> trouble) {
    return trouble
        .map(why -> JsonMapper.shared().writeValueAsString(Map.of("service", why)))
        .map(json -> Page.Reply.json(503, json))
        .orElseGet(() -> Page.Reply.json(200, "{}"));
  }
}
