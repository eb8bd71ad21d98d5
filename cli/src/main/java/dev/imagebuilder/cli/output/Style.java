package dev.imagebuilder.cli.output;

import java.nio.charset.Charset;
import java.util.Map;

/**
 * With which colours and signs a terminal is written to.
 *
 * @param hasColours false for a terminal whose user wants none (no-color.org)
 * @param hasSigns false for a terminal that has just ASCII
 */
record Style(boolean hasColours, boolean hasSigns) {

  /** As the user's environment and the stream's character set allow. */
  static Style of(Map<String, String> environment, Charset charset) {
    return new Style(
        environment.getOrDefault("NO_COLOR", "").isEmpty(),
        charset.canEncode() && charset.newEncoder().canEncode("✓▸✗…·"));
  }

  String good(String text) {
    return coloured("32", text);
  }

  String cached(String text) {
    return coloured("36", text);
  }

  String bad(String text) {
    return coloured("31", text);
  }

  String faint(String text) {
    return coloured("2", text);
  }

  String strong(String text) {
    return coloured("1", text);
  }

  /** Marks what ended well. */
  String done() {
    return hasSigns ? "✓" : "+";
  }

  /** Marks what goes on. */
  String running() {
    return hasSigns ? "▸" : ">";
  }

  /** Marks what went wrong. */
  String failed() {
    return hasSigns ? "✗" : "x";
  }

  /** Between the parts of a line. */
  String separator() {
    return hasSigns ? " · " : " - ";
  }

  private String coloured(String code, String text) {
    return hasColours && !text.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
