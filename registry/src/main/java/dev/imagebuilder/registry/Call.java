package dev.imagebuilder.registry;

import dev.imagebuilder.registry.Lanes.Lane;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One request as the API defines it, before anybody logs in.
 *
 * @param scopes what a token for it must allow
 */
record Call(
    Purpose purpose,
    String method,
    URI uri,
    Map<String, String> headers,
    Content content,
    List<Scope> scopes,
    Lane lane) {
  Call {
    headers = Map.copyOf(headers);
    scopes = List.copyOf(scopes);
  }

  static Call of(Purpose purpose, String method, URI uri, List<Scope> scopes) {
    return new Call(purpose, method, uri, Map.of(), Content.NOTHING, scopes, Lane.CALL);
  }

  Call with(String header, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(header, value);
    return new Call(purpose, method, uri, more, content, scopes, lane);
  }

  Call with(Content body) {
    return new Call(purpose, method, uri, headers, body, scopes, lane);
  }

  Call in(Lane other) {
    return new Call(purpose, method, uri, headers, content, scopes, other);
  }

  boolean isRead() {
    return method.equals("GET") || method.equals("HEAD");
  }
}
