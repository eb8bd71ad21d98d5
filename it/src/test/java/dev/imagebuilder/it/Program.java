package dev.imagebuilder.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The program image-builder in a process of its own, as the launcher starts it. */
final class Program {
  private static final List<String> FLAGS =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Xmx512m",
          "-XX:TieredStopAtLevel=1");

  private Program() {}

  /** A process that is about to start; its two outputs go where the caller says. */
  static ProcessBuilder command(Path home, String... args) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(FLAGS);
    line.addAll(List.of("-cp", System.getProperty("java.class.path")));
    line.add("dev.imagebuilder.cli.Main");
    Collections.addAll(line, args);
    ProcessBuilder builder = new ProcessBuilder(line);
    Map<String, String> environment = builder.environment();
    environment.put("HOME", home.toString());
    environment.put("LC_ALL", "C.UTF-8");
    environment.remove("DOCKER_CONFIG");
    environment.remove("XDG_DATA_HOME");
    return builder;
  }

  /** Runs a command to its end. */
  static Result run(Path home, Duration limit, String... args)
      throws IOException, InterruptedException {
    return finish(command(home, args), home, limit);
  }

  /** Runs any process to its end, keeping what it prints. */
  static Result finish(ProcessBuilder builder, Path folder, Duration limit)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    process.getOutputStream().close();
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(
          builder.command() + " did not end within " + limit + ":\n" + text(out) + text(err));
    }
    return new Result(process.exitValue(), text(out), text(err));
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  /** How a process ended and what it printed. */
  record Result(int code, String out, String err) {

    /** Both outputs, for the message of an assertion. */
    String all() {
      return "exit " + code + "\n" + out + "\n" + err;
    }
  }
}
