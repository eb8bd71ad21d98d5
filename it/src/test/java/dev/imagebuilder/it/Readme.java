package dev.imagebuilder.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The commands that README.md tells its readers to type. */
final class Readme {
  static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
  private static final String INDENT = "    ";

  private Readme() {}

  /** The commands of a section in order, each as typed; lines that belong together are joined. */
  static List<String> commands(String section) throws IOException {
    List<String> commands = new ArrayList<>();
    StringBuilder open = new StringBuilder();
    for (String line : lines(section)) {
      boolean isCode = line.startsWith(INDENT) && !line.isBlank();
      if (isCode) {
        open.append(open.isEmpty() ? "" : "\n").append(line.substring(INDENT.length()));
      }
      if (!open.isEmpty() && isWhole(open.toString())) {
        commands.add(open.toString());
        open.setLength(0);
      }
    }
    return commands;
  }

  private static List<String> lines(String section) throws IOException {
    String text = Files.readString(CHECKOUT.resolve("README.md"));
    int start = text.indexOf("\n## " + section + "\n");
    if (start < 0) {
      throw new IOException("README.md has no section \"" + section + "\"");
    }
    int end = text.indexOf("\n## ", start + 1);
    return text.substring(start, end < 0 ? text.length() : end).lines().toList();
  }

  /** All quotes closed, and no backslash at the end. */
  private static boolean isWhole(String command) {
    return command.chars().filter(c -> c == '\'').count() % 2 == 0 && !command.endsWith("\\");
  }
}
