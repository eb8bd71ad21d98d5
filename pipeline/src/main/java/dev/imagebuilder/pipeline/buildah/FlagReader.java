package dev.imagebuilder.pipeline.buildah;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the flags at the start of an instruction's arguments just as Buildah does, quotes and
 * backslashes included, so that no flag can hide from our checks.
 *
 * @see "openshift/imagebuilder dockerfile/parser/line_parsers.go, extractBuilderFlags"
 */
final class FlagReader {
  private final String text;
  private int at;

  FlagReader(String text) {
    this.text = text;
  }

  /** The flags. */
  List<String> read() {
    List<String> flags = new ArrayList<>();
    skipSpaces();
    while (text.startsWith("--", at)) {
      String word = word();
      if (word.equals("--")) {
        break;
      }
      flags.add(word);
      skipSpaces();
    }
    return flags;
  }

  /** What follows them. */
  String rest() {
    return text.substring(at);
  }

  private void skipSpaces() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private String word() {
    StringBuilder word = new StringBuilder();
    char quote = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (quote == 0 && Character.isWhitespace(c)) {
        break;
      }
      at++;
      if (c == '\\') {
        if (at < text.length()) {
          word.append(text.charAt(at++));
        }
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      } else {
        word.append(c);
      }
    }
    return word.toString();
  }
}
