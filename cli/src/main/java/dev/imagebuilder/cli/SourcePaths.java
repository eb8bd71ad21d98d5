package dev.imagebuilder.cli;

import dev.imagebuilder.buildkit.files.LocalFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What of a source to build, relative to its directory.
 *
 * @param named the Dockerfile; null for the usual one
 * @param context the folder that its instructions see
 */
record SourcePaths(@Nullable String named, String context) {
  /** The directory itself. */
  static final String WHOLE = ".";

  /** {@code Dockerfile}, in the directory itself. */
  static final SourcePaths DEFAULTS = new SourcePaths(null, WHOLE);

  private static final String USUAL = "Dockerfile";

  /** The Dockerfile. */
  String file() {
    return named == null ? USUAL : named;
  }

  /**
   * The files of a directory of this machine.
   *
   * @param here where the user is
   * @throws CommandFailure if there is no such Dockerfile or no such folder
   */
  LocalFiles in(Path directory, Path here) throws CommandFailure {
    return new LocalFiles(folder(directory), dockerfile(directory, here));
  }

  private Path folder(Path directory) throws CommandFailure {
    try {
      Path folder = directory.resolve(context).toRealPath();
      if (Files.isDirectory(folder)) {
        return folder;
      }
      throw CommandFailure.usage("--context " + context + ": " + folder + " is no directory");
    } catch (IOException | InvalidPathException _) {
      throw CommandFailure.usage("--context " + context + ": " + directory + " has no such folder");
    }
  }

  /** As seen from the directory, which holds for every kind of source, or as Docker sees it. */
  private Path dockerfile(Path directory, Path here) throws CommandFailure {
    Set<Path> found = new LinkedHashSet<>();
    try {
      for (Path start : named == null ? List.of(directory) : List.of(directory, here)) {
        Path file = start.resolve(file());
        if (Files.isRegularFile(file)) {
          found.add(file.toRealPath());
        }
      }
    } catch (IOException | InvalidPathException e) {
      throw CommandFailure.usage("--file " + file() + ": " + e.getMessage());
    }
    if (found.isEmpty()) {
      throw CommandFailure.usage(
          named == null
              ? "there is no Dockerfile in " + directory + "; name one with --file"
              : "--file " + named + ": no such file, neither in " + directory + " nor in " + here);
    }
    if (found.size() > 1) {
      throw CommandFailure.usage(
          "--file " + named + " may mean any of " + found + "; name it with its whole path");
    }
    return found.iterator().next();
  }
}
