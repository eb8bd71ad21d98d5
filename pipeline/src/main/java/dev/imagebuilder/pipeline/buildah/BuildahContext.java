package dev.imagebuilder.pipeline.buildah;

import dev.imagebuilder.buildkit.files.FileReceiver;
import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.DirectoryFiles;
import dev.imagebuilder.core.DirectoryFiles.Wish;
import dev.imagebuilder.core.Engine.Context;
import dev.imagebuilder.core.Engine.DockerfileBuild;
import dev.imagebuilder.core.FailureReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The build context as a folder of this machine, which is all that Buildah can read. What a client
 * serves is received, but for what the ignore file leaves out.
 */
record BuildahContext(Path folder, Optional<Path> ignoreFile) {
  private static final String IGNORE = ".dockerignore";

  /**
   * Finds or receives it.
   *
   * @param received does not exist yet; below it a client's files go
   */
  static BuildahContext of(DockerfileBuild build, Path received)
      throws BuildFailedException, IOException, InterruptedException {
    return switch (build.context()) {
      case Context.Folder(var folder) -> new BuildahContext(folder, ignoreFile(build, folder));
      case Context.Served(var files) -> receive(build, files, received);
    };
  }

  private static BuildahContext receive(DockerfileBuild build, DirectoryFiles files, Path received)
      throws BuildFailedException, IOException, InterruptedException {
    try {
      Path rules = Files.createDirectories(received.resolve("ignore"));
      FileReceiver.receive(files, Wish.only(DirectoryFiles.CONTEXT, List.of(IGNORE)), rules);
      Optional<Path> ignoreFile = ignoreFile(build, rules);
      List<String> patterns = ignoreFile.isPresent() ? patterns(ignoreFile.get()) : List.of();
      Path folder = Files.createDirectory(received.resolve("files"));
      FileReceiver.receive(files, Wish.allBut(DirectoryFiles.CONTEXT, patterns), folder);
      return new BuildahContext(folder, ignoreFile);
    } catch (IOException e) {
      if (BuildahFailures.isDiskFull(String.valueOf(e.getMessage()))) {
        throw e;
      }
      throw new BuildFailedException(
          Failed.byUser(
              FailureReason.SOURCE_UNREACHABLE, String.valueOf(e.getMessage()), "Start it again"),
          e);
    }
  }

  /** The Dockerfile's own, else the context's. */
  private static Optional<Path> ignoreFile(DockerfileBuild build, Path context) {
    Path dockerfile = build.dockerfile();
    Path own = dockerfile.resolveSibling(dockerfile.getFileName() + IGNORE);
    return List.of(own, context.resolve(IGNORE)).stream()
        .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
        .findFirst();
  }

  private static List<String> patterns(Path ignoreFile) throws IOException {
    try (var lines = Files.lines(ignoreFile)) {
      return lines
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    }
  }
}
