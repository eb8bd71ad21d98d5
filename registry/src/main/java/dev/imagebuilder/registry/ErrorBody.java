package dev.imagebuilder.registry;

import dev.imagebuilder.core.Printable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a registry, or its token service, says about a refusal.
 *
 * @param codes such as {@code DENIED}
 * @param message fit to be shown; empty if it said nothing
 * @see "distribution-spec, Error Codes; RFC 6749, 5.2"
 */
record ErrorBody(List<String> codes, String message) {
  private static final int MOST = 5;
  private static final int LONGEST_CODE = 40;
  private static final int LONGEST_MESSAGE = 300;

  ErrorBody {
    codes = List.copyOf(codes);
  }

  /**
   * Reads a body, which may be cut off or no JSON at all.
   *
   * @param secrets what must not be shown should the registry repeat it
   */
  static ErrorBody parse(byte[] body, List<String> secrets) {
    JsonNode root;
    try {
      root = JsonMapper.shared().readTree(body);
    } catch (JacksonException _) {
      return new ErrorBody(List.of(), "");
    }
    Set<String> codes = new LinkedHashSet<>();
    List<String> messages = new ArrayList<>();
    for (JsonNode error : root.path("errors")) {
      codes.add(error.path("code").asString(""));
      messages.add(error.path("message").asString(""));
    }
    // Token services: OAuth's words, and Docker Hub's.
    for (String key : List.of("error_description", "error", "details", "message")) {
      if (messages.isEmpty() && root.path(key).isString()) {
        messages.add(root.path(key).asString());
      }
    }
    String message =
        String.join("; ", messages.stream().filter(m -> !m.isBlank()).limit(MOST).toList());
    return new ErrorBody(
        codes.stream()
            .filter(code -> !code.isBlank())
            .limit(MOST)
            .map(code -> Printable.of(code, LONGEST_CODE, secrets))
            .toList(),
        Printable.of(message, LONGEST_MESSAGE, secrets));
  }
}
