package dev.imagebuilder.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.time.format.DateTimeFormatter;

/** Time, level, message and fields in a line for people; a stack follows on lines of its own. */
final class TextLayout extends LayoutBase<ILoggingEvent> {

  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder out = new StringBuilder(256);
    out.append(DateTimeFormatter.ISO_INSTANT.format(event.getInstant())).append(' ');
    out.append(String.format("%-7s ", LogLevel.of(event.getLevel())));
    LineText.plain(out, Redaction.text(String.valueOf(event.getFormattedMessage())));
    if (event.getKeyValuePairs() != null) {
      for (var pair : event.getKeyValuePairs()) {
        out.append(' ');
        LineText.plain(out, pair.key);
        out.append('=');
        value(out, Redaction.field(pair.key, pair.value).toString());
      }
    }
    out.append('\n');
    String error = LineText.error(event);
    if (!error.isEmpty()) {
      for (String line : error.split("\n", -1)) {
        out.append("    ");
        LineText.plain(out, line.strip());
        out.append('\n');
      }
    }
    return out.toString();
  }

  private static void value(StringBuilder out, String text) {
    if (text.isEmpty() || text.indexOf(' ') >= 0 || text.indexOf('=') >= 0) {
      out.append('"');
      LineText.quoted(out, text);
      out.append('"');
    } else {
      LineText.plain(out, text);
    }
  }
}
