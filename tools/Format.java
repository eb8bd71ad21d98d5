import com.google.googlejavaformat.java.Formatter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Formats every Java file of the checkout (`apply`) or fails where one is not formatted or too long (`check`). */
final class Format {
  private static final int LONGEST_FILE = 500;
  private static final int LONGEST_TEST = 600;

  public static void main(String[] args) throws Exception {
    boolean apply = args[0].equals("apply");
    if (args[0].equals("skip")) {
      return;
    }
    int faults = 0;
    for (Path file : javaFiles()) {
      faults += check(file, apply);
    }
    if (faults > 0) {
      System.err.println("Format with: mvn -N validate -Dformat=apply");
      System.exit(1);
    }
  }

  private static int check(Path file, boolean apply) throws Exception {
    String source = Files.readString(file);
    String formatted = new Formatter().formatSourceAndFixImports(source);
    int faults = 0;
    if (!source.equals(formatted)) {
      if (apply) {
        Files.writeString(file, formatted);
      } else {
        System.err.println(file + ": not formatted");
        faults++;
      }
    }
    long lines = formatted.lines().count();
    int limit = file.toString().contains("/src/test/") ? LONGEST_TEST : LONGEST_FILE;
    if (lines > limit) {
      System.err.println(file + ": " + lines + " lines, limit " + limit);
      faults++;
    }
    return faults;
  }

  private static List<Path> javaFiles() throws IOException {
    try (Stream<Path> rooms = Files.list(Path.of("."))) {
      return rooms.map(room -> room.resolve("src")).filter(Files::isDirectory).flatMap(Format::below).toList();
    }
  }

  private static Stream<Path> below(Path src) {
    try (Stream<Path> files = Files.walk(src)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
