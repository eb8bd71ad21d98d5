package dev.imagebuilder.pipeline;

import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildPaths;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.FailureReason;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A Dockerfile and a context that exist, with all links resolved, inside the workspace.
 *
 * @see "SPEC 4.6, SPEC 8.2 (the text for a missing Dockerfile)"
 */
record SourcePaths(Path dockerfile, Path context) {

  private static final String DOUBLE_CHECK =
      "Please double-check the value specified in image.file in .gitpod.yml";

  /**
   * Finds both.
   *
   * @param workspace stands for {@code /workspace}
   */
  static SourcePaths find(Path workspace, BuildSource.Dockerfile source)
      throws BuildFailedException, IOException {
    BuildPaths paths = map(source);
    String named = paths.dockerfileInCheckout();
    Path root = workspace.toRealPath();
    Path dockerfile = real(root, named, "Dockerfile");
    if (!Files.isRegularFile(dockerfile)) {
      throw missing("the Dockerfile \"" + named + "\" is not a file");
    }
    Path context = real(root, paths.contextInCheckout(), "build context");
    if (!Files.isDirectory(context)) {
      throw missing("the build context \"" + paths.contextInCheckout() + "\" is not a folder");
    }
    return new SourcePaths(dockerfile, context);
  }

  private static BuildPaths map(BuildSource.Dockerfile source) throws BuildFailedException {
    try {
      return BuildPaths.map(source.dockerfilePath(), source.contextPath());
    } catch (IllegalArgumentException e) {
      throw missing(String.valueOf(e.getMessage()));
    }
  }

  private static Path real(Path root, String inCheckout, String what)
      throws BuildFailedException, IOException {
    Path found;
    try {
      Path named = root.resolve(inCheckout);
      if (!Files.exists(named)) {
        throw missing("could not find " + what + " at \"" + inCheckout + "\"");
      }
      found = named.toRealPath();
    } catch (InvalidPathException | FileSystemLoopException _) {
      throw missing("could not find " + what + " at \"" + inCheckout + "\"");
    }
    if (!found.startsWith(root)) {
      throw missing("the " + what + " \"" + inCheckout + "\" is a link out of the checkout");
    }
    return found;
  }

  private static BuildFailedException missing(String what) {
    return new BuildFailedException(
        Failed.byUser(FailureReason.DOCKERFILE_MISSING, what, DOUBLE_CHECK));
  }
}
