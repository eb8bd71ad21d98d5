package dev.imagebuilder.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Programs that integration tests need and that a machine may lack. */
public final class Peers {

  private Peers() {}

  /**
   * Finds a program, or ends the test: as skipped, but as failed where {@code CI=true} is in the
   * environment.
   *
   * @param install the line that installs it
   */
  public static Path require(String program, String install) {
    Optional<Path> found = find(program);
    if (found.isPresent()) {
      return found.get();
    }
    String message = program + " is missing; install it with: " + install;
    if ("true".equals(System.getenv("CI"))) {
      return Assertions.fail(message);
    }
    return Assumptions.abort(message);
  }

  /** Finds a program on the PATH and where administrators' programs are. */
  public static Optional<Path> find(String program) {
    List<String> folders = new ArrayList<>();
    folders.addAll(
        List.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator)));
    folders.addAll(List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin"));
    return folders.stream()
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }
}
