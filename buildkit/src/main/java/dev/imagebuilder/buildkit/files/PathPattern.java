package dev.imagebuilder.buildkit.files;

import java.util.ArrayDeque;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * One pattern of a {@code .dockerignore}, as the engine sends it: cleaned, with slashes.
 *
 * <p>{@code *} and {@code ?} stand for anything but a slash, {@code **} for any number of folders,
 * brackets for one of their characters, a backslash makes the next character mean itself.
 *
 * @param text without the {@code !} of an exception
 * @see "moby/patternmatcher: its three special cases are kept, since COPY shows the difference"
 */
record PathPattern(String text, boolean isException, Matcher matcher) {

  /** Whether a path fits. */
  private sealed interface Matcher {

    record Equal(String path) implements Matcher {}

    record Prefix(String start) implements Matcher {}

    record Suffix(String end) implements Matcher {}

    record Whole(Pattern regex) implements Matcher {}
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException if it is malformed; names the pattern
   */
  static PathPattern parse(String pattern) {
    String cleaned = clean(pattern.strip());
    boolean isException = cleaned.startsWith("!");
    String text = isException ? cleaned.substring(1) : cleaned;
    if (text.isEmpty()) {
      throw new IllegalArgumentException("an exception of nothing: \"" + pattern + "\"");
    }
    return new PathPattern(text, isException, matcher(text));
  }

  /** True if the path itself fits; its parents are the caller's business. */
  boolean fits(String path) {
    return switch (matcher) {
      case Matcher.Equal(String same) -> path.equals(same);
      case Matcher.Prefix(String start) -> path.startsWith(start);
      case Matcher.Suffix(String end) ->
          path.endsWith(end) || (end.startsWith("/") && path.equals(end.substring(1)));
      case Matcher.Whole(Pattern regex) -> regex.matcher(path).matches();
    };
  }

  /** True if something below the folder could fit though the folder does not. */
  boolean mayFitBelow(String folder) {
    String literal = text;
    for (String end : new String[] {"/**", "/*"}) {
      literal =
          literal.endsWith(end) ? literal.substring(0, literal.length() - end.length()) : literal;
    }
    boolean isLiteral = literal.chars().noneMatch(c -> "*[]?^\\".indexOf(c) >= 0);
    return !isLiteral || (literal + "/").startsWith(folder + "/");
  }

  private static Matcher matcher(String text) {
    boolean isPlain = text.chars().noneMatch(c -> "*?[]\\".indexOf(c) >= 0);
    if (isPlain) {
      return new Matcher.Equal(text);
    }
    String inner = text.startsWith("**") ? text.substring(2) : text;
    boolean innerIsPlain = inner.chars().noneMatch(c -> "*?[]\\".indexOf(c) >= 0);
    if (text.startsWith("**") && innerIsPlain) {
      return new Matcher.Suffix(inner);
    }
    if (text.endsWith("**")) {
      String start = text.substring(0, text.length() - 2);
      if (start.chars().noneMatch(c -> "*?[]\\".indexOf(c) >= 0)) {
        return new Matcher.Prefix(start);
      }
    }
    return new Matcher.Whole(new Translation(text).regex());
  }

  /** As Go's path.Clean: no empty or single-dot elements, {@code x/..} taken away. */
  static String clean(String path) {
    var kept = new ArrayDeque<String>();
    for (String element : path.split("/", -1)) {
      boolean isUp = element.equals("..");
      if (element.isEmpty() || element.equals(".")) {
        continue;
      }
      if (isUp && !kept.isEmpty() && !kept.getLast().equals("..")) {
        kept.removeLast();
      } else if (!isUp || !path.startsWith("/")) {
        kept.addLast(element);
      }
    }
    String joined = String.join("/", kept);
    return path.startsWith("/") ? "/" + joined : joined.isEmpty() ? "." : joined;
  }

  /** Makes a regular expression out of a pattern, character by character. */
  private static final class Translation {
    private final String text;
    private final StringBuilder regex = new StringBuilder();
    private int at;

    Translation(String text) {
      this.text = text;
    }

    Pattern regex() {
      while (at < text.length()) {
        int c = text.codePointAt(at);
        at += Character.charCount(c);
        switch (c) {
          case '*' -> star();
          case '?' -> regex.append("[^/]");
          case '[' -> brackets();
          case '\\' -> escaped();
          default -> literal(c);
        }
      }
      try {
        return Pattern.compile(regex.toString(), Pattern.UNIX_LINES);
      } catch (PatternSyntaxException e) {
        throw new IllegalArgumentException("malformed pattern \"" + text + "\"", e);
      }
    }

    private void star() {
      if (!skip('*')) {
        regex.append("[^/]*");
        return;
      }
      skip('/');
      regex.append(at == text.length() ? ".*" : "(?:.*/)?");
    }

    private void brackets() {
      int end = text.indexOf(']', at);
      if (end <= at) {
        throw new IllegalArgumentException("malformed pattern \"" + text + "\": [ without ]");
      }
      String inside = text.substring(at, end);
      regex.append('[').append(inside.replace("[", "\\[").replace("&", "\\&")).append(']');
      at = end + 1;
    }

    private void escaped() {
      if (at == text.length()) {
        regex.append("\\\\");
        return;
      }
      int c = text.codePointAt(at);
      at += Character.charCount(c);
      literal(c);
    }

    private void literal(int c) {
      regex.append(Pattern.quote(Character.toString(c)));
    }

    private boolean skip(char expected) {
      boolean isThere = at < text.length() && text.charAt(at) == expected;
      at += isThere ? 1 : 0;
      return isThere;
    }
  }
}
