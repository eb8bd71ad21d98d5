package dev.imagebuilder.cli;

import java.util.Map;

/** One JSON object on one line. */
final class JsonLine {

  private JsonLine() {}

  /**
   * Writes the members in the map's order: strings as strings, numbers and booleans as they are.
   */
  static String of(Map<String, ?> members) {
    StringBuilder line = new StringBuilder("{");
    for (Map.Entry<String, ?> member : members.entrySet()) {
      if (line.length() > 1) {
        line.append(',');
      }
      quote(member.getKey(), line);
      line.append(':');
      if (member.getValue() instanceof Number || member.getValue() instanceof Boolean) {
        line.append(member.getValue());
      } else {
        quote(String.valueOf(member.getValue()), line);
      }
    }
    return line.append('}').toString();
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
