package dev.imagebuilder.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;

/** Builds a log line of texts that strangers may have chosen. */
final class LineText {
  private LineText() {}

  /**
   * Appends a text so that it can neither end a JSON string or line, nor steer a terminal: quotes,
   * control characters, line separators, direction marks and lone surrogates become escapes.
   */
  static void quoted(StringBuilder out, String text) {
    append(out, text.replace("\\", "\\\\").replace("\"", "\\\""));
  }

  /** The same for a line of text, where quotes and backslashes mean nothing. */
  static void plain(StringBuilder out, String text) {
    append(out, text);
  }

  private static void append(StringBuilder out, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          boolean pair =
              Character.isHighSurrogate(c)
                  && i + 1 < text.length()
                  && Character.isLowSurrogate(text.charAt(i + 1));
          if (pair) {
            out.append(c).append(text.charAt(++i));
          } else if (isUnsafe(c)) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
  }

  /** The event's throwable with its stack and causes; empty if it has none. */
  static String error(ILoggingEvent event) {
    return event.getThrowableProxy() == null
        ? ""
        : Redaction.text(ThrowableProxyUtil.asString(event.getThrowableProxy()).stripTrailing());
  }

  private static boolean isUnsafe(char c) {
    return Character.isISOControl(c)
        || Character.isSurrogate(c)
        || c == '\u2028'
        || c == '\u2029'
        || Character.getType(c) == Character.FORMAT;
  }
}
