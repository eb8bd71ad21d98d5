package dev.imagebuilder.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds docs/mk3.md and the tests together: each row is in the table and has a test. */
final class ChecklistTest {
  private static final Pattern ROW = Pattern.compile("\\| (\\d+) \\| ([^|]+) \\| ([^|]+) \\|");
  private static final Pattern TAG = Pattern.compile("@Tag\\(\"row-(\\d+)\"\\)");
  private static final String STATE = "(kept([,;] .+| as .+)?|better: .+|open: .+)";

  /** The rows that concern the service. */
  private static final List<Integer> ROWS =
      IntStream.concat(
              IntStream.rangeClosed(1, 92),
              IntStream.concat(IntStream.rangeClosed(122, 137), IntStream.rangeClosed(143, 148)))
          .boxed()
          .toList();

  @Test
  void everyRowIsInTheTableOnceAndSaysHowItIs() throws IOException {
    List<Integer> rows = new ArrayList<>();
    for (Matcher row : table()) {
      rows.add(Integer.valueOf(row.group(1)));
      assertThat(row.group(3)).as("row %s of docs/mk3.md", row.group(1)).matches(STATE);
    }

    assertThat(without(ROWS, rows)).as("rows that docs/mk3.md lacks").isEmpty();
    assertThat(without(rows, ROWS)).as("rows of docs/mk3.md that there are not").isEmpty();
    assertThat(rows).as("rows of docs/mk3.md").hasSize(ROWS.size());
  }

  @Test
  void everyRowThatIsNotOpenHasATest() throws IOException {
    List<Integer> wanted = new ArrayList<>();
    for (Matcher row : table()) {
      if (!row.group(3).startsWith("open")) {
        wanted.add(Integer.valueOf(row.group(1)));
      }
    }

    assertThat(without(wanted, tagged().keySet()))
        .as("rows that no test is tagged with, and that docs/mk3.md does not call open")
        .isEmpty();
  }

  @Test
  void everyTagIsARow() throws IOException {
    var strange = tagged();
    strange.keySet().removeAll(ROWS);

    assertThat(strange).as("tags of rows that there are not").isEmpty();
  }

  private static Set<Integer> without(Collection<Integer> rows, Collection<Integer> others) {
    Set<Integer> left = new TreeSet<>(rows);
    left.removeAll(others);
    return left;
  }

  private static List<Matcher> table() throws IOException {
    List<Matcher> rows = new ArrayList<>();
    for (String line : Files.readAllLines(Readme.CHECKOUT.resolve("docs/mk3.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        rows.add(row);
      }
    }
    return rows;
  }

  /** Which test sources show a row. */
  private static Map<Integer, Set<Path>> tagged() throws IOException {
    Map<Integer, Set<Path>> tagged = new TreeMap<>();
    for (Path source : testSources()) {
      Matcher tag = TAG.matcher(Files.readString(source));
      while (tag.find()) {
        tagged
            .computeIfAbsent(Integer.valueOf(tag.group(1)), _ -> new TreeSet<>())
            .add(Readme.CHECKOUT.relativize(source));
      }
    }
    return tagged;
  }

  private static List<Path> testSources() throws IOException {
    List<Path> sources = new ArrayList<>();
    try (Stream<Path> rooms = Files.list(Readme.CHECKOUT)) {
      for (Path tests : rooms.map(room -> room.resolve("src/test/java")).toList()) {
        if (Files.isDirectory(tests)) {
          try (Stream<Path> files = Files.walk(tests)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
          } catch (UncheckedIOException e) {
            throw e.getCause();
          }
        }
      }
    }
    return sources;
  }
}
