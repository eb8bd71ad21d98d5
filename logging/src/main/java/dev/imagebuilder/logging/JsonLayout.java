package dev.imagebuilder.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import org.slf4j.event.KeyValuePair;

/**
 * One JSON object per line, in the shape that Google Cloud's error reporting understands.
 *
 * @see "SPEC 9.8"
 */
final class JsonLayout extends LayoutBase<ILoggingEvent> {
  private static final String REPORTED =
      "type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent";

  private static final String ERROR = "error";

  /** A custom field of such a name would stand twice in the object. */
  private static final Set<String> OWN =
      Set.of(
          "message", "level", "time", "severity", "serviceContext", "func", "file", ERROR, "@type");

  private final String service;
  private final String version;

  JsonLayout(String service, String version) {
    this.service = service;
    this.version = version;
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    LogLevel level = LogLevel.of(event.getLevel());
    String error = error(event);
    StringBuilder out = new StringBuilder(512).append('{');
    if (!error.isEmpty() && event.getLevel().isGreaterOrEqual(Level.WARN)) {
      field(out, "@type", REPORTED);
    }
    if (!error.isEmpty()) {
      field(out, ERROR, error);
    }
    caller(out, event);
    field(out, "level", level.toString());
    field(out, "message", Redaction.text(String.valueOf(event.getFormattedMessage())));
    out.append("\"serviceContext\":{");
    field(out, "service", service);
    field(out, "version", version);
    out.setCharAt(out.length() - 1, '}');
    out.append(',');
    field(out, "severity", level.severity());
    field(out, "time", DateTimeFormatter.ISO_INSTANT.format(event.getInstant()));
    if (event.getKeyValuePairs() != null) {
      boolean isThrown = event.getThrowableProxy() != null;
      event.getKeyValuePairs().stream()
          .filter(pair -> isThrown || !isError(pair))
          .forEach(pair -> custom(out, pair));
    }
    out.setCharAt(out.length() - 1, '}');
    return out.append('\n').toString();
  }

  /** A throwable, or what the line calls its error. */
  private static String error(ILoggingEvent event) {
    String thrown = LineText.error(event);
    if (!thrown.isEmpty() || event.getKeyValuePairs() == null) {
      return thrown;
    }
    return event.getKeyValuePairs().stream()
        .filter(JsonLayout::isError)
        .map(pair -> Redaction.text(String.valueOf(pair.value)))
        .findFirst()
        .orElse("");
  }

  private static boolean isError(KeyValuePair pair) {
    return pair.key.equals(ERROR);
  }

  private static void caller(StringBuilder out, ILoggingEvent event) {
    StackTraceElement[] callers = event.getCallerData();
    if (callers != null && callers.length > 0) {
      StackTraceElement caller = callers[0];
      field(out, "file", caller.getFileName() + ":" + caller.getLineNumber());
      field(out, "func", caller.getClassName() + "." + caller.getMethodName());
    }
  }

  private static void custom(StringBuilder out, KeyValuePair pair) {
    String name = OWN.contains(pair.key) ? "fields." + pair.key : pair.key;
    Object value = Redaction.field(pair.key, pair.value);
    if (value instanceof Boolean || value instanceof Integer || value instanceof Long) {
      name(out, name);
      out.append(value).append(',');
    } else {
      field(out, name, value.toString());
    }
  }

  private static void field(StringBuilder out, String name, String value) {
    name(out, name);
    out.append('"');
    LineText.quoted(out, value);
    out.append("\",");
  }

  private static void name(StringBuilder out, String name) {
    out.append('"');
    LineText.quoted(out, name);
    out.append("\":");
  }
}
