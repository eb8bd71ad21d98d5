package dev.imagebuilder.pipeline;

import dev.imagebuilder.core.ImageReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The program that a Dockerfile asks to be read by: its {@code # syntax=} line. It would run with
 * the engine's rights, so only those that the installation allows may. Whatever any engine could
 * take for such a line counts: where they differ (the first or the last of two), all are seen.
 *
 * @see "BuildKit frontend/dockerfile/parser/directives.go: after a byte order mark and a #! line,
 *     leading # comments, else // comments, else JSON"
 */
final class Frontend {
  /** The build argument by which BuildKit takes one, whatever the Dockerfile says. */
  static final String ARGUMENT = "BUILDKIT_SYNTAX";

  /** In place of a name: no Dockerfile begins like this, and engines may read it otherwise. */
  private static final String UNREADABLE = "JSON that cannot be read";

  private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";
  private static final Pattern DIRECTIVE =
      Pattern.compile("(?:#|//)\\s*([a-zA-Z][a-zA-Z0-9]*)\\s*=");
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private Frontend() {}

  /** The frontend that the Dockerfile asks for, as written, unless it is one of the allowed. */
  static Optional<String> refused(Path dockerfile, Set<String> allowed) throws IOException {
    return asked(Files.readAllBytes(dockerfile)).stream()
        .filter(name -> !isAllowed(name, allowed))
        .findFirst();
  }

  /** What the head of a Dockerfile asks for. */
  static List<String> asked(byte[] dockerfile) {
    // One character for each byte, whatever they mean: engines look at bytes, too.
    String text = new String(dockerfile, StandardCharsets.ISO_8859_1);
    if (text.startsWith(BYTE_ORDER_MARK)) {
      text = text.substring(BYTE_ORDER_MARK.length());
    }
    if (text.startsWith("#!")) {
      text = text.substring(Math.min(text.length(), text.indexOf('\n') + 1));
    }
    return text.stripLeading().startsWith("{") ? json(text) : directives(text);
  }

  private static List<String> directives(String text) {
    List<String> names = new ArrayList<>();
    for (int start = 0; start < text.length(); ) {
      int newline = text.indexOf('\n', start);
      int end = newline < 0 ? text.length() : newline;
      String line = text.substring(start, end).strip();
      Matcher directive = DIRECTIVE.matcher(line);
      if (!directive.lookingAt()) {
        return names;
      }
      if (directive.group(1).toLowerCase(Locale.ROOT).equals("syntax")) {
        // The word up to a space is the image; the rest are its arguments.
        names.add(line.substring(directive.end()).strip().split("\\s", 2)[0]);
      }
      start = end + 1;
    }
    return names;
  }

  private static List<String> json(String text) {
    try {
      JsonNode syntax = JSON.readTree(text).get("syntax");
      return syntax == null ? List.of() : List.of(syntax.asString());
    } catch (JacksonException _) {
      return List.of(UNREADABLE);
    }
  }

  private static boolean isAllowed(String name, Set<String> allowed) {
    try {
      return allowed.contains(ImageReference.parse(name).repository().toString());
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
