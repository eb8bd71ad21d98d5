package dev.imagebuilder.testing;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Debian's {@code docker.io} as a daemon of its own, with all it writes in a temporary folder.
 * Nothing of the machine's network is touched: its containers, and so RUN steps, have none.
 */
public final class DockerDaemon implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

  private final TemporaryFolder folder;
  private final Path data;
  private final Process process;

  private DockerDaemon(TemporaryFolder folder, Path data, Process process) {
    this.folder = folder;
    this.data = data;
    this.process = process;
  }

  /**
   * Starts one and waits until it listens. Skips the test where the program is missing, or the
   * machine lets nobody start it.
   */
  public static DockerDaemon start() throws IOException {
    Path program = program();
    TemporaryFolder folder = TemporaryFolder.named("dockerd");
    return start(program, folder, folder.path().resolve("data"));
  }

  /**
   * The same with its images and containers elsewhere.
   *
   * @param data a folder that nothing else is in; its content stays
   */
  public static DockerDaemon startWithData(Path data) throws IOException {
    Path program = program();
    return start(program, TemporaryFolder.named("dockerd"), data);
  }

  private static Path program() throws IOException {
    Path program = Peers.require("dockerd", "apt-get install docker.io");
    Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name")), "dockerd needs root in these tests");
    Assumptions.assumeTrue(
        isWritable(CGROUPS), "dockerd needs control groups, and " + CGROUPS + " is read-only here");
    return program;
  }

  private static DockerDaemon start(Path program, TemporaryFolder folder, Path data)
      throws IOException {
    var daemon = new DockerDaemon(folder, data, process(program, folder.path(), data));
    try {
      daemon.awaitSocket();
      return daemon;
    } catch (IOException | RuntimeException | Error e) {
      daemon.close();
      throw e;
    }
  }

  /** Where it listens. */
  public Path socket() {
    return folder.path().resolve("docker.sock");
  }

  /** Where all of its files are, also in the command lines of its processes. */
  public Path folder() {
    return folder.path();
  }

  /** Its own process. */
  public ProcessHandle process() {
    return process.toHandle();
  }

  /** What it has logged so far. */
  public String log() throws IOException {
    return Files.readString(folder.path().resolve("log"));
  }

  /** Ends it, and the containerd that it has started; removes all of its files. */
  @Override
  public void close() throws IOException {
    Optional<ProcessHandle> containerd = containerd();
    process.destroy();
    try {
      if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    // It ends its containerd itself, unless it was killed.
    containerd.ifPresent(ProcessHandle::destroyForcibly);
    unmount();
    removeCgroups();
    folder.close();
  }

  private static Process process(Path program, Path folder, Path data) throws IOException {
    Path config = Files.writeString(folder.resolve("daemon.json"), "{}");
    return new ProcessBuilder(
            program.toString(),
            "--config-file=" + config,
            "--host=unix://" + folder.resolve("docker.sock"),
            "--data-root=" + data,
            "--exec-root=" + folder.resolve("exec"),
            "--pidfile=" + folder.resolve("pid"),
            "--cgroup-parent=/" + folder.getFileName(),
            "--bridge=none",
            "--iptables=false",
            "--ip6tables=false",
            "--ip-forward=false")
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log").toFile())
        .start();
  }

  private void awaitSocket() throws IOException {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (!accepts(socket())) {
      if (!process.isAlive() || System.nanoTime() - end > 0) {
        String message = "dockerd does not start on this machine: " + lastLine();
        if ("true".equals(System.getenv("CI"))) {
          Assertions.fail(message);
        }
        Assumptions.abort(message);
      }
      Eventually.pause();
    }
  }

  private String lastLine() throws IOException {
    List<String> lines = log().lines().toList();
    return lines.isEmpty() ? "it says nothing" : lines.getLast();
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

  private Optional<ProcessHandle> containerd() throws IOException {
    Path file = folder.path().resolve("exec/containerd/containerd.pid");
    return Files.exists(file)
        ? ProcessHandle.of(Long.parseLong(Files.readString(file).strip()))
        : Optional.empty();
  }

  /** It mounts its data folder onto itself, and leaves that if it is killed. */
  private void unmount() throws IOException {
    List<String> mounts =
        Files.readAllLines(Path.of("/proc/self/mounts")).stream()
            .map(line -> line.split(" ", -1)[1])
            .filter(path -> Path.of(path).startsWith(data) || path.startsWith(folder.path() + "/"))
            .toList()
            .reversed();
    for (String path : mounts) {
      try {
        new ProcessBuilder("umount", "-l", path).inheritIO().start().waitFor(5, TimeUnit.SECONDS);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void removeCgroups() throws IOException {
    String name = folder.path().getFileName().toString();
    List<Path> ours;
    try (Stream<Path> all = Files.find(CGROUPS, 8, (path, _) -> path.toString().contains(name))) {
      ours = all.filter(Files::isDirectory).toList().reversed();
    }
    for (Path group : ours) {
      Files.deleteIfExists(group);
    }
  }

  private static boolean isWritable(Path cgroups) throws IOException {
    return Files.isWritable(cgroups)
        && Files.readAllLines(Path.of("/proc/self/mounts")).stream()
            .map(line -> line.split(" ", -1))
            .anyMatch(mount -> mount[1].startsWith(cgroups + "") && mount[3].startsWith("rw"));
  }
}
