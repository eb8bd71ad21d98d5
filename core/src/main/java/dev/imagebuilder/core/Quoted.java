package dev.imagebuilder.core;

import java.util.Locale;

/** Puts texts in quotes as Go's {@code %q} does, which mk3's messages do (SPEC 3.3). */
public final class Quoted {
  private static final String ESCAPED = "\u0007\b\f\n\r\t\u000b\\\"";
  private static final String ESCAPES = "abfnrtv\\\"";

  private Quoted() {}

  /**
   * The text in double quotes, everything that does not print escaped.
   *
   * @see "Go, strconv.Quote"
   */
  public static String of(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints().forEach(point -> append(quoted, point));
    return quoted.append('"').toString();
  }

  private static void append(StringBuilder quoted, int point) {
    int known = ESCAPED.indexOf(point);
    if (known >= 0) {
      quoted.append('\\').append(ESCAPES.charAt(known));
    } else if (prints(point)) {
      quoted.appendCodePoint(point);
    } else if (point < ' ' || point == 0x7f) {
      quoted.append(String.format(Locale.ROOT, "\\x%02x", point));
    } else if (point < 0x10000) {
      quoted.append(String.format(Locale.ROOT, "\\u%04x", point));
    } else {
      quoted.append(String.format(Locale.ROOT, "\\U%08x", point));
    }
  }

  private static boolean prints(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> point == ' ';
      default -> true;
    };
  }
}
