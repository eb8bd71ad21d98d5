package dev.imagebuilder.server;

import dev.imagebuilder.buildkit.BuildkitAddress;
import dev.imagebuilder.buildkit.BuildkitDaemon;
import dev.imagebuilder.buildkit.BuildkitEngine;
import dev.imagebuilder.buildkit.BuildkitException;
import dev.imagebuilder.buildkit.BuildkitTls;
import dev.imagebuilder.buildkit.DockerEngine;
import dev.imagebuilder.buildkit.daemon.OwnBuildkitd;
import dev.imagebuilder.buildkit.daemon.OwnBuildkitdOptions;
import dev.imagebuilder.buildkit.daemon.RegistryHost;
import dev.imagebuilder.core.Engine;
import dev.imagebuilder.core.Images;
import dev.imagebuilder.pipeline.buildah.BuildahEngine;
import dev.imagebuilder.pipeline.buildah.BuildahOptions;
import dev.imagebuilder.pipeline.buildah.StepNetwork;
import dev.imagebuilder.registry.Registries;
import dev.imagebuilder.server.config.BuildkitConfig;
import dev.imagebuilder.server.config.LocalConfig;
import dev.imagebuilder.server.config.OrchestratorConfig;
import dev.imagebuilder.server.config.RegistryConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the engine that the configuration means, and says why it is this one. */
final class Engines implements EngineSearch {
  private static final Logger log = LoggerFactory.getLogger(Engines.class);

  private final ProcessOptions options;
  private final OrchestratorConfig orchestrator;
  private final Path workDir;
  private final Ports ports;
  private final Consumer<AutoCloseable> opened;

  private final List<String> passedOver = new ArrayList<>();

  /**
   * Prepares the search.
   *
   * @param opened gets what is to be closed with the service
   */
  Engines(ProcessOptions options, Path workDir, Ports ports, Consumer<AutoCloseable> opened) {
    this.options = options;
    this.orchestrator = options.configuration().orchestrator();
    this.workDir = workDir;
    this.ports = ports;
    this.opened = opened;
  }

  /** What engines need of the rest. */
  record Ports(Registries registries, Images images) {}

  /**
   * The engine.
   *
   * @throws StartException if there is none, or the one that is asked for cannot be used
   */
  Engine choose() throws StartException, IOException, InterruptedException {
    Optional<? extends Engine> engine = first(orchestrator.local().engine());
    Engine chosen =
        engine.orElseThrow(() ->
            new StartException(
                "no engine that executes Dockerfiles: "
                    + String.join("; ", passedOver)
                    + advice(orchestrator.local().engine()),
                null));
    log.atInfo()
        .addKeyValue("engine", chosen.describe())
        .addKeyValue("passedOver", String.join("; ", passedOver))
        .log("engine chosen");
    return chosen;
  }

  /** What was looked for in vain, or will not do; for people. */
  List<String> passedOver() {
    return List.copyOf(passedOver);
  }

  private static String advice(LocalConfig.Engine wanted) {
    return switch (wanted) {
      case AUTO, BUILDAH -> ". Install one: apt-get install buildah runc";
      case BUILDKIT -> ". Install buildkitd and runc, or say orchestrator.local.buildkit.address";
      case DOCKER ->
          ". Start one, say where it is in DOCKER_HOST, or let this user into the group docker";
    };
  }

  @Override
  public Optional<DockerEngine> docker(Docker wanted) throws InterruptedException {
    var search = new DockerSearch(options.environment(), workDir, this::passOver);
    Optional<DockerEngine> engine = search.find(buildkitNetwork(), ports.registries().tokens());
    if (wanted == Docker.SAFE && engine.isPresent() && !engine.get().isOfSafeVersion()) {
      passOver(engine.get().describe() + " is only taken where there is nothing else");
      engine.get().close();
      return Optional.empty();
    }
    engine.ifPresent(opened);
    return engine;
  }

  /** Some are looked for twice. */
  private void passOver(String why) {
    if (!passedOver.contains(why)) {
      passedOver.add(why);
    }
  }

  @Override
  public Optional<BuildkitEngine> configured() throws StartException, InterruptedException {
    BuildkitConfig config = orchestrator.local().buildkit();
    if (config.address().isEmpty()) {
      return Optional.empty();
    }
    var daemon =
        BuildkitDaemon.at(BuildkitAddress.parse(config.address()), tls(config.tls()), "configured");
    try {
      return Optional.of(open(daemon));
    } catch (BuildkitException e) {
      throw new StartException("orchestrator.local.buildkit.address: " + e.getMessage(), e);
    }
  }

  @Override
  public Optional<BuildkitEngine> listening() throws InterruptedException {
    for (Path socket : usualSockets()) {
      Optional<BuildkitEngine> engine = at(socket);
      if (engine.isPresent()) {
        return engine;
      }
    }
    return Optional.empty();
  }

  private Optional<BuildkitEngine> at(Path socket) throws InterruptedException {
    if (!Files.exists(socket)) {
      passOver("no buildkitd at " + socket);
      return Optional.empty();
    }
    var daemon =
        BuildkitDaemon.at(new BuildkitAddress.Unix(socket), Optional.empty(), "its usual socket");
    try {
      return Optional.of(open(daemon));
    } catch (BuildkitException e) {
      passOver(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  @Override
  public Optional<BuildkitEngine> own() throws InterruptedException {
    var wanted =
        OwnBuildkitdOptions.defaults(workDir.resolve("buildkit"), options.environment())
            .withRegistries(registryHosts())
            .withNetwork(buildkitNetwork())
            .withFrontends(Set.copyOf(orchestrator.frontends().allowed()));
    try {
      Optional<OwnBuildkitd> daemon = OwnBuildkitd.find(wanted);
      if (daemon.isEmpty()) {
        passOver("no buildkitd with runc on PATH that this user can run (it needs root)");
        return Optional.empty();
      }
      try {
        return Optional.of(open(daemon.get()));
      } catch (BuildkitException | InterruptedException e) {
        daemon.get().close();
        throw e;
      }
    } catch (BuildkitException e) {
      passOver(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private BuildkitEngine open(BuildkitDaemon daemon)
      throws BuildkitException, InterruptedException {
    BuildkitEngine engine =
        BuildkitEngine.open(daemon, buildkitNetwork(), ports.registries().tokens());
    opened.accept(engine);
    return engine;
  }

  @Override
  public Optional<BuildahEngine> buildah() throws IOException, InterruptedException {
    BuildahOptions defaults = BuildahOptions.defaults(workDir);
    var wanted =
        new BuildahOptions(
            workDir.resolve("buildah"),
            network(),
            plainHttpHosts(),
            registries().values().stream()
                .filter(registry -> !registry.ca().isEmpty())
                .map(registry -> Path.of(registry.ca()))
                .toList(),
            defaults.maxCacheBytes(),
            defaults.maxCacheAge(),
            options.environment());
    try {
      Optional<BuildahEngine> engine =
          BuildahEngine.find(wanted, ports.images(), ports.registries().transfer());
      engine.ifPresentOrElse(
          opened, () -> passOver("neither buildah with runc nor buildah with crun on PATH"));
      return engine;
    } catch (IOException e) {
      if (orchestrator.local().engine() == LocalConfig.Engine.BUILDAH) {
        throw e;
      }
      passOver(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private List<Path> usualSockets() {
    List<Path> sockets = new ArrayList<>(List.of(Path.of("/run/buildkit/buildkitd.sock")));
    String runtime = options.environment().getOrDefault("XDG_RUNTIME_DIR", "");
    if (runtime.startsWith("/")) {
      sockets.add(Path.of(runtime, "buildkit/buildkitd.sock"));
    }
    return sockets;
  }

  private static Optional<BuildkitTls> tls(BuildkitConfig.BuildkitTlsConfig config) {
    return config.isOn()
        ? Optional.of(
            new BuildkitTls(
                config.ca().isEmpty() ? null : Path.of(config.ca()),
                config.certificate().isEmpty() ? null : Path.of(config.certificate()),
                config.key().isEmpty() ? null : Path.of(config.key()),
                config.serverName()))
        : Optional.empty();
  }

  private Map<String, RegistryHost> registryHosts() {
    return registries().entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                entry -> {
                  RegistryConfig registry = entry.getValue();
                  Path ca = registry.ca().isEmpty() ? null : Path.of(registry.ca());
                  return new RegistryHost(registry.plainHttp(), ca, registry.mirrors());
                }));
  }

  private Set<String> plainHttpHosts() {
    return registries().entrySet().stream()
        .filter(entry -> entry.getValue().plainHttp())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private Map<String, RegistryConfig> registries() {
    return options.configuration().registries();
  }

  private dev.imagebuilder.buildkit.StepNetwork buildkitNetwork() {
    return switch (orchestrator.local().network()) {
      case AUTO -> dev.imagebuilder.buildkit.StepNetwork.AUTO;
      case OWN -> dev.imagebuilder.buildkit.StepNetwork.OWN;
      case HOST -> dev.imagebuilder.buildkit.StepNetwork.HOST;
      case NONE -> dev.imagebuilder.buildkit.StepNetwork.NONE;
    };
  }

  private StepNetwork network() {
    LocalConfig.StepNetwork network = orchestrator.local().network();
    return switch (network) {
      case AUTO -> StepNetwork.AUTO;
      case OWN -> StepNetwork.OWN;
      case HOST -> StepNetwork.HOST;
      case NONE -> StepNetwork.NONE;
    };
  }
}
