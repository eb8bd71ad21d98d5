package dev.imagebuilder.pipeline.buildah;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * The programs of this machine: Buildah, and what runs its steps.
 *
 * @param runtime runc or crun
 */
record Installation(
    Path buildah, BuildahVersion version, Path runtime, BuildahVersion runtimeVersion) {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final BuildahVersion SAFE_RUNC = new BuildahVersion(1, 1, 12);

  /** Finds them on PATH; empty if one of them is not there. */
  static Optional<Installation> find(Map<String, String> environment)
      throws IOException, InterruptedException {
    Optional<Path> buildah = onPath("buildah", environment);
    Optional<Path> runtime = onPath("crun", environment).or(() -> onPath("runc", environment));
    if (buildah.isEmpty() || runtime.isEmpty() || onPath("unshare", environment).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Installation(
            buildah.get(), versionOf(buildah.get()), runtime.get(), versionOf(runtime.get())));
  }

  /** Buildah's name and version, and the runtime's, with a warning where one is due. */
  String describe() {
    String name = runtime.getFileName().toString();
    boolean isOld = name.equals("runc") && runtimeVersion.compareTo(SAFE_RUNC) < 0;
    return "buildah "
        + version
        + " ("
        + buildah
        + ") with "
        + name
        + " "
        + runtimeVersion
        + (isOld
            ? " (WARNING: older than 1.1.12, which mended CVE-2024-21626; distributions mend older"
                + " numbers too, check that yours has)"
            : "");
  }

  private static Optional<Path> onPath(String name, Map<String, String> environment) {
    String folders = environment.getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    for (String folder : folders.split(File.pathSeparator, -1)) {
      Path program = Path.of(folder, name);
      if (program.isAbsolute() && Files.isExecutable(program) && Files.isRegularFile(program)) {
        return Optional.of(program);
      }
    }
    return Optional.empty();
  }

  private static BuildahVersion versionOf(Path program) throws IOException, InterruptedException {
    StringBuilder printed = new StringBuilder();
    Lines lines = new Lines(line -> printed.append(line).append('\n'));
    try {
      var command =
          new Confined.Command(
              List.of(program.toString(), "--version"), Map.of(), Path.of("/"), LIMIT);
      int status = Confined.run(command, lines);
      lines.finish();
      return BuildahVersion.in(printed.toString())
          .orElseThrow(
              () -> new IOException(program + " --version: status " + status + ", " + printed));
    } catch (TimeoutException e) {
      throw new IOException(program + " --version does not end", e);
    }
  }
}
