package dev.imagebuilder.pipeline.buildah;

import java.util.Map;
import java.util.Optional;

/**
 * Replaces variables in a word as Dockerfiles do: {@code $a}, {@code ${a}}, {@code ${a:-b}}, {@code
 * ${a:+b}}, quotes and backslashes. What it does not know it refuses rather than guesses.
 */
final class Words {
  private final String text;
  private final Map<String, String> values;
  private int at;

  private Words(String text, Map<String, String> values) {
    this.text = text;
    this.values = values;
  }

  /** The word with its variables replaced; empty if it uses a form that is not known. */
  static Optional<String> expand(String word, Map<String, String> values) {
    try {
      return Optional.of(new Words(word, values).all());
    } catch (UnknownFormException _) {
      return Optional.empty();
    }
  }

  private String all() throws UnknownFormException {
    StringBuilder out = new StringBuilder();
    boolean isSingle = false;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '\'') {
        isSingle = !isSingle;
      } else if (isSingle) {
        out.append(c);
      } else if (c == '\\' && at < text.length()) {
        out.append(text.charAt(at++));
      } else if (c == '$') {
        out.append(variable());
      } else if (c != '"') {
        out.append(c);
      }
    }
    return out.toString();
  }

  private String variable() throws UnknownFormException {
    if (at < text.length() && text.charAt(at) == '{') {
      at++;
      return braces();
    }
    String name = name();
    return values.getOrDefault(name, "");
  }

  private String braces() throws UnknownFormException {
    String value = values.getOrDefault(name(), "");
    if (at < text.length() && text.charAt(at) == '}') {
      at++;
      return value;
    }
    if (at + 1 >= text.length() || text.charAt(at) != ':') {
      throw new UnknownFormException();
    }
    char operator = text.charAt(at + 1);
    at += 2;
    String other = expandNested(untilBrace());
    return switch (operator) {
      case '-' -> value.isEmpty() ? other : value;
      case '+' -> value.isEmpty() ? "" : other;
      default -> throw new UnknownFormException();
    };
  }

  private String expandNested(String word) throws UnknownFormException {
    return new Words(word, values).all();
  }

  private String untilBrace() throws UnknownFormException {
    int start = at;
    int open = 1;
    while (at < text.length()) {
      char c = text.charAt(at++);
      open += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (open == 0) {
        return text.substring(start, at - 1);
      }
    }
    throw new UnknownFormException();
  }

  private String name() throws UnknownFormException {
    int start = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
    if (at == start || Character.isDigit(text.charAt(start))) {
      throw new UnknownFormException();
    }
    return text.substring(start, at);
  }

  /** A form that we do not know. */
  private static final class UnknownFormException extends Exception {}
}
