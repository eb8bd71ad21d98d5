package dev.imagebuilder.pipeline.buildah;

import java.util.List;
import java.util.Locale;

/**
 * One instruction of a Dockerfile.
 *
 * @param line its first line, from 1
 * @param keyword in upper case
 * @param flags the {@code --name=value} words before the arguments, without quotes
 * @param arguments the rest, continuation lines joined
 */
record Instruction(int line, String keyword, List<String> flags, String arguments) {

  Instruction {
    flags = List.copyOf(flags);
  }

  /** The values of all flags of the name, given as {@code --name=value}. */
  List<String> flagValues(String name) {
    String start = "--" + name + "=";
    return flags.stream()
        .filter(flag -> flag.startsWith(start))
        .map(flag -> flag.substring(start.length()))
        .toList();
  }

  /** The instruction that an ONBUILD holds, else this one. */
  Instruction unwrapped() {
    return keyword.equals("ONBUILD") ? of(line, arguments).unwrapped() : this;
  }

  /** Takes one instruction apart. */
  static Instruction of(int line, String text) {
    String stripped = text.strip();
    int end = 0;
    while (end < stripped.length() && !Character.isWhitespace(stripped.charAt(end))) {
      end++;
    }
    String keyword = stripped.substring(0, end).toUpperCase(Locale.ROOT);
    FlagReader reader = new FlagReader(stripped.substring(end));
    List<String> flags = reader.read();
    return new Instruction(line, keyword, flags, reader.rest());
  }
}
