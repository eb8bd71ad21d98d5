package dev.imagebuilder.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One way in which a server lets itself be convinced, as a {@code WWW-Authenticate} says it.
 *
 * @param scheme in lower case
 * @param parameters by name in lower case
 * @see "RFC 9110, 11.3 and 11.6.1"
 */
record Challenge(String scheme, Map<String, String> parameters) {
  Challenge {
    parameters = Map.copyOf(parameters);
  }

  /** All challenges of all headers, in their order; what is no challenge is passed over. */
  static List<Challenge> parse(List<String> headers) {
    List<Challenge> all = new ArrayList<>();
    for (String header : headers) {
      new Parser(header).addTo(all);
    }
    return all;
  }

  /** The first challenge of a scheme. */
  static Optional<Challenge> find(List<Challenge> challenges, String scheme) {
    return challenges.stream().filter(challenge -> challenge.scheme.equals(scheme)).findFirst();
  }

  /** A parameter, empty if it is not there. */
  String parameter(String name) {
    return parameters.getOrDefault(name, "");
  }

  /** The same challenge but for a parameter. */
  Challenge without(String name) {
    Map<String, String> fewer = new LinkedHashMap<>(parameters);
    fewer.remove(name);
    return new Challenge(scheme, fewer);
  }

  /** Goes through one header once, and always forward: a hostile header costs its length. */
  private static final class Parser {
    private final String text;
    private int at;

    Parser(String text) {
      this.text = text;
    }

    void addTo(List<Challenge> all) {
      String scheme = "";
      Map<String, String> parameters = new LinkedHashMap<>();
      while (at < text.length()) {
        String word = token();
        if (word.isEmpty()) {
          at++;
          continue;
        }
        skipSpaces();
        if (at < text.length() && text.charAt(at) == '=') {
          at++;
          skipSpaces();
          parameters.putIfAbsent(word.toLowerCase(Locale.ROOT), value());
          continue;
        }
        if (!scheme.isEmpty()) {
          all.add(new Challenge(scheme, parameters));
        }
        scheme = word.toLowerCase(Locale.ROOT);
        parameters = new LinkedHashMap<>();
      }
      if (!scheme.isEmpty()) {
        all.add(new Challenge(scheme, parameters));
      }
    }

    private String token() {
      int start = at;
      while (at < text.length() && isTokenCharacter(text.charAt(at))) {
        at++;
      }
      return text.substring(start, at);
    }

    private String value() {
      if (at < text.length() && text.charAt(at) == '"') {
        return quoted();
      }
      int start = at;
      while (at < text.length() && " \t,".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(start, at);
    }

    private String quoted() {
      StringBuilder value = new StringBuilder();
      at++;
      while (at < text.length() && text.charAt(at) != '"') {
        if (text.charAt(at) == '\\' && at + 1 < text.length()) {
          at++;
        }
        value.append(text.charAt(at));
        at++;
      }
      at++;
      return value.toString();
    }

    private void skipSpaces() {
      while (at < text.length() && " \t".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    private static boolean isTokenCharacter(char c) {
      return (c >= '0' && c <= '9')
          || (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
  }
}
