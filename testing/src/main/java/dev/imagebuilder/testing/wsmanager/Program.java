package dev.imagebuilder.testing.wsmanager;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What runs in a workspace. */
@FunctionalInterface
public interface Program {

  /** Ends at once, successfully. */
  Program NOTHING = _ -> Ending.success();

  /** Runs until it is stopped. */
  Program FOREVER =
      workspace -> {
        workspace.awaitStop();
        return Ending.stopped();
      };

  /**
   * Runs on the workspace's own thread.
   *
   * @throws InterruptedException if the workspace was stopped meanwhile
   */
  Ending run(StandInWorkspace workspace) throws IOException, InterruptedException;

  /**
   * A program of this machine, with the workspace's variables and what it prints in the terminal.
   * If it fails, what it left in {@code .gitpod/bob.log} is the reason, as with supervisor.
   */
  static Program command(List<String> command) {
    List<String> copy = List.copyOf(command);
    return workspace -> {
      Path folder = Files.createTempDirectory("workspace-");
      ProcessBuilder builder = new ProcessBuilder(copy).redirectErrorStream(true);
      builder.directory(folder.toFile());
      workspace
          .request()
          .getSpec()
          .getEnvvarsList()
          .forEach(variable -> builder.environment().put(variable.getName(), variable.getValue()));
      Process process = builder.start();
      try (InputStream out = process.getInputStream()) {
        byte[] buffer = new byte[4096];
        for (int n = out.read(buffer); n >= 0; n = out.read(buffer)) {
          workspace.terminal().print(buffer, n);
        }
        int code = process.waitFor();
        if (code == 0) {
          return Ending.success();
        }
        Path bobLog = folder.resolve(".gitpod/bob.log");
        return Ending.taskFailed(
            Files.exists(bobLog) ? Files.readString(bobLog) : "exit status " + code);
      } finally {
        process.destroyForcibly();
      }
    };
  }
}
