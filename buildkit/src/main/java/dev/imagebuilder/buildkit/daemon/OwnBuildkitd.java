package dev.imagebuilder.buildkit.daemon;

import dev.imagebuilder.buildkit.BuildkitAddress;
import dev.imagebuilder.buildkit.BuildkitDaemon;
import dev.imagebuilder.buildkit.BuildkitException;
import dev.imagebuilder.buildkit.BuildkitTls;
import dev.imagebuilder.buildkit.StepNetwork;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A buildkitd of our own: started when it is first needed, with a configuration, a storage and a
 * socket that only this user can reach. It ends with us, however we end.
 */
public final class OwnBuildkitd implements BuildkitDaemon {
  private static final Logger log = LoggerFactory.getLogger(OwnBuildkitd.class);

  /** A path in a socket's address has at most 107 bytes. */
  private static final int LONGEST_SOCKET = 107;

  /** In bytes, of the disk of its files. */
  private static final long LEAST_FREE = 64 << 20;

  private static final String SOCKET = "buildkitd.sock";

  private final OwnBuildkitdOptions options;
  private final Path program;
  private final FileChannel lock;
  private final Path socket;
  private @Nullable DaemonProcess process;
  private Optional<StepBridge> bridge = Optional.empty();

  private OwnBuildkitd(OwnBuildkitdOptions options, Path program, FileChannel lock, Path socket) {
    this.options = options;
    this.program = program;
    this.lock = lock;
    this.socket = socket;
  }

  /**
   * Looks for the programs, and takes the working folder. Nothing is started yet.
   *
   * @return empty if buildkitd or runc is not on PATH, or this user may not run them
   * @throws BuildkitException if the folder cannot be used
   */
  public static Optional<OwnBuildkitd> find(OwnBuildkitdOptions options) throws BuildkitException {
    Optional<Path> program = onPath("buildkitd", options.environment());
    boolean isComplete =
        Stream.of("runc", "unshare")
            .allMatch(name -> onPath(name, options.environment()).isPresent());
    if (program.isEmpty() || !isComplete || !"root".equals(System.getProperty("user.name"))) {
      return Optional.empty();
    }
    try {
      folder(options.workDir());
      Path socket = folder(runtime(options.workDir())).resolve(SOCKET);
      return Optional.of(new OwnBuildkitd(options, program.get(), lock(options.workDir()), socket));
    } catch (IOException e) {
      throw new BuildkitException(
          "use "
              + options.workDir()
              + " for a buildkitd of our own: "
              + e.getMessage()
              + ". Give this one another orchestrator.local.workDir",
          e);
    }
  }

  @Override
  public synchronized BuildkitAddress address() throws BuildkitException, InterruptedException {
    if (process == null || !process.listens(socket)) {
      stop();
      process = start();
    }
    return new BuildkitAddress.Unix(socket);
  }

  @Override
  public Optional<BuildkitTls> tls() {
    return Optional.empty();
  }

  @Override
  public String found() {
    return "our own, " + program;
  }

  /**
   * On a full disk it cannot note what it removes, and so removes nothing; when it starts it can.
   */
  @Override
  public synchronized void rest() {
    boolean wasInterrupted = Thread.interrupted();
    try {
      long free = Files.getFileStore(options.workDir()).getUsableSpace();
      if (process != null && free < LEAST_FREE) {
        log.atWarn().addKeyValue("free", free).log("the disk is full: starting buildkitd anew");
        stop();
        process = start();
      }
    } catch (IOException | BuildkitException e) {
      log.atWarn().setCause(e).log("cannot start buildkitd anew on a full disk");
    } catch (InterruptedException _) {
      wasInterrupted = true;
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Ends it with all its steps, within seconds. */
  @Override
  public synchronized void close() {
    stop();
    try (lock) {
      removeSockets();
      Files.deleteIfExists(runtime(options.workDir()));
    } catch (IOException e) {
      log.atWarn().setCause(e).addKeyValue("socket", socket).log("a daemon's sockets stay");
    }
  }

  private DaemonProcess start() throws BuildkitException, InterruptedException {
    if (options.network() == StepNetwork.HOST || options.network() == StepNetwork.NONE) {
      return start(Optional.empty());
    }
    try {
      Optional<StepBridge> possible = StepBridge.find(options.workDir());
      if (possible.isPresent()) {
        return start(possible);
      }
      if (options.network() == StepNetwork.OWN) {
        throw new BuildkitException(
            "orchestrator.local.network: own needs CNI plugins:"
                + " apt-get install containernetworking-plugins iptables");
      }
    } catch (IOException e) {
      throw new BuildkitException("make a network for RUN steps: " + e.getMessage(), e);
    } catch (BuildkitException e) {
      if (options.network() == StepNetwork.OWN) {
        throw e;
      }
      log.atWarn().setCause(e).log("RUN steps get no network of their own");
    }
    return start(Optional.empty());
  }

  private DaemonProcess start(Optional<StepBridge> wanted)
      throws BuildkitException, InterruptedException {
    bridge = wanted;
    Path workDir = options.workDir();
    Path config = workDir.resolve("buildkitd.toml");
    String cgroup = DaemonCgroup.of(workDir);
    try {
      removeSockets();
      DaemonCgroup.remove(cgroup);
      folder(workDir.resolve("home"));
      folder(workDir.resolve("tmp"));
      Path root = folder(workDir.resolve("root"));
      var steps = new DaemonConfig.Steps(cgroup, cni(bridge));
      Files.writeString(config, DaemonConfig.of(options, root, socket, steps));
      var command =
          new DaemonProcess.Command(
              List.of(program.toString(), "--config", config.toString()),
              environment(),
              workDir,
              bridge);
      return DaemonProcess.start(command, socket);
    } catch (IOException e) {
      throw new BuildkitException("start " + program + ": " + e.getMessage(), e);
    }
  }

  private Optional<DaemonConfig.Cni> cni(Optional<StepBridge> bridge) throws IOException {
    if (bridge.isEmpty()) {
      return Optional.empty();
    }
    Path configuration = options.workDir().resolve("network.conflist");
    Path addresses = folder(options.workDir().resolve("addresses"));
    Files.writeString(configuration, bridge.get().cniConfiguration(addresses));
    return Optional.of(new DaemonConfig.Cni(configuration, bridge.get().plugins()));
  }

  private void stop() {
    if (process != null) {
      process.close();
      process = null;
      DaemonCgroup.remove(DaemonCgroup.of(options.workDir()));
      bridge.ifPresent(one -> one.remove(environment()));
    }
  }

  private Map<String, String> environment() {
    Path workDir = options.workDir();
    return DaemonEnvironment.of(
        options.environment(), workDir.resolve("home"), workDir.resolve("tmp"));
  }

  private static Path folder(Path path) throws IOException {
    var onlyUs = PosixFilePermissions.fromString("rwx------");
    Files.createDirectories(path);
    return Files.setPosixFilePermissions(path, onlyUs);
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel file =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (file.tryLock() != null) {
        return file;
      }
    } catch (OverlappingFileLockException _) {
      // as if another process had it
    }
    file.close();
    throw new IOException("another image-builder is using it");
  }

  /** In the working folder, or where that has too long a name, one that its hash names. */
  private static Path runtime(Path workDir) {
    Path usual = workDir.toAbsolutePath().resolve("run");
    int length = usual.resolve(SOCKET).toString().getBytes(StandardCharsets.UTF_8).length;
    return length <= LONGEST_SOCKET ? usual : Path.of("/run" + DaemonCgroup.of(workDir));
  }

  private void removeSockets() throws IOException {
    Files.deleteIfExists(socket);
    Files.deleteIfExists(DaemonConfig.traces(socket));
  }

  private static Optional<Path> onPath(String name, Map<String, String> environment) {
    return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .filter(folder -> folder.startsWith("/"))
        .map(folder -> Path.of(folder, name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }
}
