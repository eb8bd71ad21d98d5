package dev.imagebuilder.pipeline;

import dev.imagebuilder.buildkit.files.FileReceiver;
import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.DirectoryFiles;
import dev.imagebuilder.core.FailureReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * The Dockerfile of a directory that a client serves, with its own ignore file: it is looked at
 * before an engine sees it.
 */
final class ServedDockerfile {
  private static final String HINT = "Name it with --file, relative to the directory";

  private ServedDockerfile() {}

  /** Fetches it into a folder of the build's. */
  static Path receive(BuildSource.Directory source, Path folder)
      throws BuildFailedException, IOException, InterruptedException {
    String name = source.dockerfile();
    if (name.isEmpty() || name.contains("/") || name.equals("..") || name.equals(".")) {
      throw missing("\"" + name + "\" is no name of a Dockerfile");
    }
    Path target = Files.createDirectory(folder.resolve("dockerfile"));
    var wish =
        DirectoryFiles.Wish.only(DirectoryFiles.DOCKERFILE, List.of(name, name + ".dockerignore"));
    try {
      FileReceiver.receive(source.files(), wish, target);
    } catch (IOException e) {
      throw new BuildFailedException(
          Failed.byUser(
              FailureReason.SOURCE_UNREACHABLE, String.valueOf(e.getMessage()), "Start it again"),
          e);
    }
    Path dockerfile = target.resolve(name);
    if (!Files.isRegularFile(dockerfile, LinkOption.NOFOLLOW_LINKS)) {
      throw missing("the directory has no Dockerfile named \"" + name + "\"");
    }
    return dockerfile;
  }

  private static BuildFailedException missing(String what) {
    return new BuildFailedException(Failed.byUser(FailureReason.DOCKERFILE_MISSING, what, HINT));
  }
}
