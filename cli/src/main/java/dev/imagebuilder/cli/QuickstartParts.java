package dev.imagebuilder.cli;

import dev.imagebuilder.devgit.GitHttpServer;
import dev.imagebuilder.devregistry.DevRegistry;
import dev.imagebuilder.devregistry.DevRegistryOptions;
import dev.imagebuilder.logging.LogFormat;
import dev.imagebuilder.logging.LogLevel;
import dev.imagebuilder.logging.LogOptions;
import dev.imagebuilder.logging.LogSetup;
import dev.imagebuilder.server.ProcessOptions;
import dev.imagebuilder.server.ServiceProcess;
import dev.imagebuilder.server.StartException;
import dev.imagebuilder.server.config.ConfigException;
import dev.imagebuilder.server.config.ConfigFile;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What quickstart runs in its own process: a registry, a git server, the service. */
final class QuickstartParts implements AutoCloseable {
  /** The same on every run, so that the example's references are, too. */
  private static final int REGISTRY_PORT = 5050;

  private static final int GIT_PORT = 5051;

  private final DevRegistry registry;
  private final GitHttpServer git;
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private volatile @Nullable ServiceProcess service;

  private QuickstartParts(DevRegistry registry, GitHttpServer git) {
    this.registry = registry;
    this.git = git;
  }

  /** Starts the registry and the git server, on other ports than usual if those are taken. */
  static QuickstartParts start(Path home) throws IOException {
    Path repositories = Files.createDirectories(home.resolve("git"));
    DevRegistry registry =
        onFreePort(
            REGISTRY_PORT,
            port ->
                DevRegistry.start(DevRegistryOptions.onLoopback(home.resolve("registry"), port)));
    try {
      return new QuickstartParts(
          registry, onFreePort(GIT_PORT, port -> GitHttpServer.start(repositories, port)));
    } catch (IOException | RuntimeException e) {
      registry.close();
      throw e;
    }
  }

  /** The registry's name in references: {@code localhost:5050}. */
  String registryName() {
    return registry.domain();
  }

  /** The git server. */
  GitHttpServer git() {
    return git;
  }

  /**
   * Starts the service; its configuration is kept as {@code config.json}, as a start for others.
   *
   * @throws CommandFailure if it cannot start
   */
  ServiceProcess startService(Path home, Ports ports, LogLevel level)
      throws CommandFailure, IOException, InterruptedException {
    String config = configuration(home, ports);
    Path file = home.resolve("config.json");
    Files.writeString(file, config);
    LogSetup log =
        LogSetup.install(new LogOptions("image-builder", Version.text(), LogFormat.TEXT, level));
    try {
      ConfigFile read = ConfigFile.parse(config, file.toString());
      ServiceProcess started =
          ServiceProcess.start(
              new ProcessOptions(read.configuration(), Version.text(), System.getenv(), log));
      service = started;
      return started;
    } catch (ConfigException | StartException e) {
      throw CommandFailure.failed("the service cannot start: " + e.getMessage());
    }
  }

  /** Stops builds, then everything; bounded by the service's grace time. */
  @Override
  public void close() throws IOException {
    if (!isClosed.compareAndSet(false, true)) {
      return;
    }
    ServiceProcess running = service;
    if (running != null) {
      running.close();
    }
    git.close();
    registry.close();
  }

  private String configuration(Path home, Ports ports) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    ObjectNode orchestrator = config.putObject("orchestrator");
    orchestrator.put("backend", "local");
    orchestrator.put("baseImageRepository", registryName() + "/base-images");
    orchestrator.put("workspaceImageRepository", registryName() + "/workspace-images");
    ObjectNode services = config.putObject("server").putObject("services");
    services.putObject("grpc").put("address", "localhost:" + ports.grpc());
    services.putObject("metrics").put("address", "localhost:" + ports.metrics());
    services.putObject("health").put("address", "localhost:" + ports.health());
    services.putObject("debug").put("address", "localhost:" + ports.debug());
    config.put("dataDir", home.resolve("service").toString());
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n";
  }

  private static <T> T onFreePort(int usual, Starter<T> starter) throws IOException {
    try {
      return starter.start(usual);
    } catch (IOException e) {
      if (e instanceof BindException || e.getCause() instanceof BindException) {
        return starter.start(0);
      }
      throw e;
    }
  }

  /** Where the service listens; 0 for any free port. */
  record Ports(int grpc, int metrics, int health, int debug) {
    /** Whatever is free. */
    static final Ports ANY = new Ports(0, 0, 0, 0);
  }

  /** Starts something that listens. */
  @FunctionalInterface
  private interface Starter<T> {
    T start(int port) throws IOException;
  }
}
