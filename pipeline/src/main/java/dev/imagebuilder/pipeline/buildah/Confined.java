package dev.imagebuilder.pipeline.buildah;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Runs a program in process and mount namespaces of its own, so that it ends with all it started
 * and all it mounted: when we say so, when we are killed, or when it is killed itself.
 *
 * <p>The first process of the namespace is a shell that waits for the program and for the end of a
 * pipe that we hold. When either comes it ends, and the kernel kills the rest of the namespace.
 */
final class Confined {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final int CHUNK = 8192;
  private static final String FIRST_PROCESS =
      """
      exec 3<&0 </dev/null
      "$@" 3<&- &
      program=$!
      ( cat <&3 >/dev/null; kill -KILL $program ) 2>/dev/null &
      exec 3<&-
      wait $program 2>/dev/null
      """;
  private static final List<String> NAMESPACES =
      List.of("unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--");

  private Confined() {}

  /**
   * What to run.
   *
   * @param program its absolute path and its arguments; holds no secret
   * @param environment all that it sees
   */
  record Command(
      List<String> program, Map<String, String> environment, Path directory, Duration limit) {
    Command {
      program = List.copyOf(program);
      environment = Map.copyOf(environment);
    }
  }

  /**
   * Runs a program to its end; its standard input is empty.
   *
   * @param output gets what it prints, both streams as they come
   * @return its exit status; 128 and the signal's number if a signal ended it
   * @throws TimeoutException if it took longer than its limit, and was killed
   */
  static int run(Command command, Consumer<byte[]> output)
      throws IOException, InterruptedException, TimeoutException {
    List<String> line = new ArrayList<>(NAMESPACES);
    line.addAll(List.of("/bin/sh", "-c", FIRST_PROCESS, "image-builder-engine"));
    line.addAll(command.program());
    ProcessBuilder builder =
        new ProcessBuilder(line).directory(command.directory().toFile()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(command.environment());
    Process process = builder.start();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        Future<?> pump = threads.submit(() -> pump(process.getInputStream(), output));
        if (!process.waitFor(command.limit().toMillis(), TimeUnit.MILLISECONDS)) {
          throw new TimeoutException(command.program().getFirst() + " took too long");
        }
        pump.get(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        return process.exitValue();
      } catch (ExecutionException e) {
        throw new IOException("read what " + command.program().getFirst() + " prints", e);
      } finally {
        stop(process);
      }
    }
  }

  private static Void pump(InputStream printed, Consumer<byte[]> output) throws IOException {
    byte[] chunk = new byte[CHUNK];
    for (int count = printed.read(chunk); count >= 0; count = printed.read(chunk)) {
      output.accept(Arrays.copyOf(chunk, count));
    }
    return null;
  }

  /** Closing the pipe is the sign to end; waiting for that sees the whole namespace gone. */
  private static void stop(Process process) throws IOException {
    boolean wasInterrupted = Thread.interrupted();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      wasInterrupted = true;
      process.destroyForcibly();
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
