package dev.imagebuilder.pipeline.buildah;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The instructions of a Dockerfile: continuation lines joined, comments left out, here-documents
 * set apart.
 *
 * @param instructions in their order
 * @param hereDocumentLine where the first here-document begins, from 1; 0 if there is none
 * @param suspects lines inside here-documents that look like RUN: checked too, in case an engine
 *     reads the document differently
 */
record DockerfileText(
    List<Instruction> instructions, int hereDocumentLine, List<Instruction> suspects) {
  private static final Pattern DIRECTIVE =
      Pattern.compile("#\\s*([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(.+?)\\s*");
  private static final Pattern HERE =
      Pattern.compile("(?:^|[\\s;&|()])\\d*<<(-?)([\"']?)([a-zA-Z_][a-zA-Z0-9_.]*)\\2(?![<\\w])");
  private static final Pattern RUNS = Pattern.compile("(?i)\\s*(?:ONBUILD\\s+)*RUN\\s.*--.*");

  DockerfileText {
    instructions = List.copyOf(instructions);
    suspects = List.copyOf(suspects);
  }

  /** Reads a Dockerfile. */
  static DockerfileText parse(String text) {
    return new Reader(text).read();
  }

  /** Reads line by line. */
  private static final class Reader {
    private final Deque<String> lines;
    private final Pattern continued;
    private final List<Instruction> instructions = new ArrayList<>();
    private final List<Instruction> suspects = new ArrayList<>();
    private int number;
    private int hereDocumentLine;

    Reader(String text) {
      String start = text.startsWith("\uFEFF") ? text.substring(1) : text;
      lines = new ArrayDeque<>(List.of(start.split("\r?\n", -1)));
      continued = Pattern.compile("(?s)(.*)" + Pattern.quote(escape()) + "[ \t]*");
    }

    DockerfileText read() {
      while (!lines.isEmpty()) {
        String line = next();
        if (!isNothing(line)) {
          instruction(line);
        }
      }
      return new DockerfileText(instructions, hereDocumentLine, suspects);
    }

    private void instruction(String first) {
      int start = number;
      StringBuilder whole = new StringBuilder();
      String line = first;
      Matcher more = continued.matcher(line);
      while (more.matches()) {
        whole.append(more.group(1));
        line = "";
        while (!lines.isEmpty() && isNothing(lines.getFirst())) {
          next();
        }
        if (lines.isEmpty()) {
          break;
        }
        line = next();
        more = continued.matcher(line);
      }
      Instruction read = Instruction.of(start, whole.append(line).toString());
      instructions.add(read);
      hereDocuments(read);
    }

    private void hereDocuments(Instruction read) {
      String keyword = read.unwrapped().keyword();
      boolean mayHaveOne = keyword.equals("RUN") || keyword.equals("COPY") || keyword.equals("ADD");
      if (!mayHaveOne || read.unwrapped().arguments().startsWith("[")) {
        return;
      }
      Matcher here = HERE.matcher(read.arguments());
      while (here.find()) {
        if (hereDocumentLine == 0) {
          hereDocumentLine = read.line();
        }
        document(here.group(3), here.group(1).isEmpty() ? "" : "\t");
      }
    }

    private void document(String end, String indent) {
      while (!lines.isEmpty()) {
        String line = next();
        String bare = indent.isEmpty() ? line : line.replaceFirst("^\t+", "");
        if (bare.equals(end)) {
          return;
        }
        if (RUNS.matcher(line).matches()) {
          suspects.add(Instruction.of(number, line));
        }
      }
    }

    private String escape() {
      for (String line : lines) {
        Matcher directive = DIRECTIVE.matcher(line.strip());
        if (!directive.matches()) {
          break;
        }
        if (directive.group(1).equalsIgnoreCase("escape") && directive.group(2).equals("`")) {
          return "`";
        }
      }
      return "\\";
    }

    private String next() {
      number++;
      return lines.removeFirst();
    }

    private static boolean isNothing(String line) {
      String bare = line.strip();
      return bare.isEmpty() || bare.startsWith("#");
    }
  }
}
