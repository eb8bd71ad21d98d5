package dev.imagebuilder.pipeline;

import dev.imagebuilder.core.ImageReference;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The program that a Dockerfile asks to be read by: its {@code # syntax=} line. It would run with
 * the engine's rights, so only those that the installation allows may.
 *
 * @see "BuildKit frontend/dockerfile/parser/directives.go: after a #! line, leading # comments,
 *     then // comments, then JSON"
 */
final class Frontend {
  private static final int LONGEST_HEAD = 64 * 1024;
  private static final Pattern DIRECTIVE =
      Pattern.compile("(?:#|//)\\s*([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(.+?)\\s*");
  private static final Pattern JSON = Pattern.compile("\"syntax\"\\s*:\\s*\"([^\"]*)\"");

  private Frontend() {}

  /** The frontend that the Dockerfile asks for, as written, unless it is one of the allowed. */
  static Optional<String> refused(Path dockerfile, Set<String> allowed) throws IOException {
    return asked(head(dockerfile)).filter(name -> !isAllowed(name, allowed));
  }

  /** What the head of a Dockerfile asks for. */
  static Optional<String> asked(String head) {
    String text = head.startsWith("\uFEFF") ? head.substring(1) : head;
    if (text.startsWith("#!")) {
      text = text.substring(Math.min(text.length(), text.indexOf('\n') + 1));
    }
    if (text.stripLeading().startsWith("{")) {
      Matcher json = JSON.matcher(text);
      return json.find() ? Optional.of(json.group(1)) : Optional.empty();
    }
    for (String line : text.split("\n", -1)) {
      Matcher directive = DIRECTIVE.matcher(line.strip());
      if (!directive.matches()) {
        return Optional.empty();
      }
      if (directive.group(1).toLowerCase(Locale.ROOT).equals("syntax")) {
        // The word up to a space is the image; the rest are its arguments.
        return Optional.of(directive.group(2).split("\\s", 2)[0]);
      }
    }
    return Optional.empty();
  }

  private static boolean isAllowed(String name, Set<String> allowed) {
    try {
      return allowed.contains(ImageReference.parse(name).repository().toString());
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static String head(Path dockerfile) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(dockerfile, StandardCharsets.ISO_8859_1)) {
      char[] head = new char[LONGEST_HEAD];
      int read = reader.read(head, 0, head.length);
      return read < 0 ? "" : new String(head, 0, read);
    }
  }
}
