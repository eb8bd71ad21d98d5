package dev.imagebuilder.buildkit.daemon;

import dev.imagebuilder.buildkit.BuildkitException;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running daemon, in process and mount namespaces of its own. The first process of the namespace
 * is a shell that waits for the daemon and for the end of a pipe that we hold: when either comes,
 * it ends, and the kernel ends all that the daemon has started and mounted.
 */
final class DaemonProcess implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DaemonProcess.class);
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final long POLL_MILLIS = 20;
  private static final int LAST_LINES = 20;

  /**
   * The daemon gets some seconds to close its databases. Its bridge is removed before it starts, if
   * a killed one has left it, and when it has ended.
   */
  private static final String FIRST_PROCESS =
      """
      exec 3<&0 </dev/null
      """
          + StepBridge.SHELL
          + """
          shift 2
          unbridge
          bridge || { unbridge; exit 1; }
          "$@" 3<&- &
          daemon=$!
          ( cat <&3 >/dev/null; kill -TERM $daemon; sleep 5; kill -KILL $daemon ) 2>/dev/null &
          exec 3<&-
          wait $daemon 2>/dev/null
          status=$?
          unbridge
          exit $status
          """;

  private static final List<String> NAMESPACES =
      List.of("unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--");

  private final Process process;
  private final ExecutorService reader = Executors.newVirtualThreadPerTaskExecutor();
  private final Deque<String> lastLines = new ArrayDeque<>();

  private DaemonProcess(Process process) {
    this.process = process;
  }

  /**
   * What to run.
   *
   * @param program with its arguments; no secrets
   * @param environment all that it sees
   * @param bridge of its steps, if they have one
   */
  record Command(
      List<String> program,
      Map<String, String> environment,
      Path folder,
      Optional<StepBridge> bridge) {
    Command {
      program = List.copyOf(program);
      environment = Map.copyOf(environment);
    }
  }

  /**
   * Starts a daemon and waits until it listens.
   *
   * @throws BuildkitException if it does not; says what the daemon said
   */
  static DaemonProcess start(Command command, Path socket)
      throws IOException, BuildkitException, InterruptedException {
    List<String> line = new ArrayList<>(NAMESPACES);
    line.addAll(List.of("/bin/sh", "-c", FIRST_PROCESS, "image-builder-buildkitd"));
    line.add(command.bridge().map(StepBridge::name).orElse(""));
    line.add(command.bridge().map(StepBridge::subnet).orElse(""));
    line.addAll(command.program());
    ProcessBuilder builder =
        new ProcessBuilder(line).directory(command.folder().toFile()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(command.environment());
    var daemon = new DaemonProcess(builder.start());
    try {
      var _ = daemon.reader.submit(daemon::read);
      daemon.awaitSocket(socket);
      return daemon;
    } catch (BuildkitException | InterruptedException | RuntimeException e) {
      daemon.close();
      throw e;
    }
  }

  /** False also for one that is about to be gone: its first process ends a little later. */
  boolean listens(Path socket) {
    return process.isAlive() && accepts(socket);
  }

  /** Ends it, and all it has started. */
  @Override
  public void close() {
    boolean wasInterrupted = Thread.interrupted();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException _) {
      process.destroyForcibly();
    } catch (InterruptedException _) {
      wasInterrupted = true;
      process.destroyForcibly();
    } finally {
      reader.shutdownNow();
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void awaitSocket(Path socket) throws BuildkitException, InterruptedException {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (!accepts(socket)) {
      boolean isOver = process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
      if (isOver || System.nanoTime() - end > 0) {
        throw new BuildkitException(
            "buildkitd "
                + (isOver ? "ended with status " + process.exitValue() : "did not start in time")
                + "; its last words: "
                + said());
      }
    }
  }

  private static boolean accepts(Path socket) {
    if (!Files.exists(socket)) {
      return false;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException _) {
      return false;
    }
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.atDebug().addKeyValue("line", line).log("buildkitd says");
        synchronized (lastLines) {
          lastLines.addLast(line);
          if (lastLines.size() > LAST_LINES) {
            lastLines.removeFirst();
          }
        }
      }
    } catch (IOException _) {
      // It ended, and its pipe with it.
      return;
    }
  }

  private String said() {
    synchronized (lastLines) {
      return lastLines.isEmpty() ? "none" : String.join(" / ", lastLines);
    }
  }
}
