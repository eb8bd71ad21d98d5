package dev.imagebuilder.core;

import java.util.List;

/** Makes a stranger's text fit for our messages, logs and terminals. */
public final class Printable {
  private static final String GONE = "***";

  private Printable() {}

  /**
   * The beginning of a text, on one line, without anything that a terminal obeys.
   *
   * @param longest in characters
   * @param secrets are shown as stars
   */
  public static String of(String text, int longest, List<String> secrets) {
    String open = text;
    for (String secret : secrets) {
      if (secret.length() > 3) {
        open = open.replace(secret, GONE);
      }
    }
    StringBuilder shown = new StringBuilder();
    open.strip()
        .codePoints()
        .limit(longest)
        .forEach(c -> shown.appendCodePoint(isPlain(c) ? c : ' '));
    return open.strip().codePointCount(0, open.strip().length()) > longest
        ? shown + "…"
        : shown.toString();
  }

  /** The same of a text that holds no secrets. */
  public static String of(String text, int longest) {
    return of(text, longest, List.of());
  }

  private static boolean isPlain(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
