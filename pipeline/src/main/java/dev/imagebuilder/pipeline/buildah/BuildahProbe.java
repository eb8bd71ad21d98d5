package dev.imagebuilder.pipeline.buildah;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds out how Buildah works on this machine by running a step: which storage driver, and which
 * network. The step runs this machine's own {@code true} on an empty image.
 */
final class BuildahProbe {
  private static final String NAME = "probe";

  private final BuildahOptions options;
  private final Installation installation;

  BuildahProbe(BuildahOptions options, Installation installation) {
    this.options = options;
    this.installation = installation;
  }

  /** What works. */
  record Result(String driver, StepNetwork network) {
    String describe() {
      return driver
          + " storage"
          + (driver.equals("vfs") ? " (slow and large: overlay does not work here)" : "")
          + ", RUN steps "
          + switch (network) {
            case OWN -> "in a network of their own";
            case AUTO, HOST -> "in this machine's network, loopback included";
            case NONE -> "without network";
          };
    }
  }

  /**
   * Tries what is wished, then what is less.
   *
   * @throws IOException if nothing works; says what Buildah said
   */
  Result run() throws IOException, InterruptedException {
    StepNetwork network =
        options.network() == StepNetwork.AUTO ? StepNetwork.HOST : options.network();
    StringBuilder faults = new StringBuilder();
    for (String driver : List.of("overlay", "vfs")) {
      String fault = attempt(driver, network);
      if (fault.isEmpty()) {
        return new Result(driver, network);
      }
      faults.append("; with ").append(driver).append(": ").append(fault);
    }
    throw new IOException("run a step with " + installation.describe() + faults);
  }

  /** What went wrong; empty if it works. */
  private String attempt(String driver, StepNetwork network)
      throws IOException, InterruptedException {
    try (BuildahCalls calls = BuildahCalls.prepare(options, installation, driver, NAME)) {
      List<String> printed = new ArrayList<>();
      List<String> from = new ArrayList<>(List.of("from", "--name", NAME));
      from.addAll(List.of("--cgroup-parent", calls.cgroup(), "scratch"));
      int status = calls.call(List.of("rm", "--all"), _ -> {});
      status += call(calls, from, printed);
      if (status == 0) {
        status = call(calls, run(network, calls.path("runtime")), printed);
      }
      calls.call(List.of("rm", "--all"), _ -> {});
      new CgroupFolders(options.workDir()).remove(NAME);
      if (status == 0) {
        return "";
      }
      return printed.isEmpty()
          ? "status " + status + " without a word"
          : String.join("; ", printed);
    }
  }

  private List<String> run(StepNetwork network, Path state) throws IOException {
    List<String> run = new ArrayList<>(List.of("run", "--isolation", "oci"));
    run.addAll(List.of("--runtime", installation.runtime().toString()));
    run.addAll(List.of("--runtime-flag", "root=" + state));
    run.addAll(List.of("--network", BuildahBuild.word(network)));
    for (String folder : List.of("/usr", "/bin", "/lib", "/lib64")) {
      if (Files.isDirectory(Path.of(folder))) {
        run.addAll(List.of("--volume", folder + ":" + folder + ":ro"));
      }
    }
    Path program =
        Stream.of("/usr/bin/true", "/bin/true")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(() -> new IOException("this machine has no program named true"));
    run.addAll(List.of(NAME, "--", program.toString()));
    return run;
  }

  private static int call(BuildahCalls calls, List<String> arguments, List<String> printed)
      throws IOException, InterruptedException {
    Lines lines = new Lines(printed::add);
    int status = calls.call(arguments, lines);
    lines.finish();
    return status;
  }
}
