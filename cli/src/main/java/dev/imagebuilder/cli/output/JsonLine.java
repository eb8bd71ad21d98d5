package dev.imagebuilder.cli.output;

import java.util.Collection;
import java.util.Map;

/** One JSON object on one line. */
public final class JsonLine {

  private JsonLine() {}

  /**
   * Writes the members in the map's order. Numbers and booleans are written as they are, maps and
   * collections as objects and arrays, anything else as a string.
   */
  public static String of(Map<String, ?> members) {
    StringBuilder line = new StringBuilder();
    object(members, line);
    return line.toString();
  }

  private static void object(Map<?, ?> members, StringBuilder line) {
    String separator = "{";
    for (Map.Entry<?, ?> member : members.entrySet()) {
      line.append(separator);
      separator = ",";
      quote(String.valueOf(member.getKey()), line);
      line.append(':');
      value(member.getValue(), line);
    }
    line.append(members.isEmpty() ? "{}" : "}");
  }

  private static void array(Collection<?> elements, StringBuilder line) {
    String separator = "[";
    for (Object element : elements) {
      line.append(separator);
      separator = ",";
      value(element, line);
    }
    line.append(elements.isEmpty() ? "[]" : "]");
  }

  private static void value(Object value, StringBuilder line) {
    switch (value) {
      case Number number -> line.append(number);
      case Boolean flag -> line.append(flag);
      case Map<?, ?> members -> object(members, line);
      case Collection<?> elements -> array(elements, line);
      default -> quote(String.valueOf(value), line);
    }
  }

  private static void quote(String text, StringBuilder line) {
    line.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> line.append("\\\"");
        case '\\' -> line.append("\\\\");
        case '\n' -> line.append("\\n");
        case '\t' -> line.append("\\t");
        default -> {
          if (c < 0x20 || c == 0x7f) {
            line.append(String.format("\\u%04x", (int) c));
          } else {
            line.append(c);
          }
        }
      }
    }
    line.append('"');
  }
}
