package dev.imagebuilder.server;

import dev.imagebuilder.backend.local.LocalBackend;
import dev.imagebuilder.backend.local.LocalBackendOptions;
import dev.imagebuilder.backend.wsmanager.Patience;
import dev.imagebuilder.backend.wsmanager.WsManagerBackend;
import dev.imagebuilder.backend.wsmanager.WsManagerOptions;
import dev.imagebuilder.core.BuildBackend;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.CredentialSource;
import dev.imagebuilder.core.Durations;
import dev.imagebuilder.core.Engine;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Images;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.ecr.EcrCredentials;
import dev.imagebuilder.ecr.EcrOptions;
import dev.imagebuilder.net.MutualTlsFiles;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.net.NetworkException;
import dev.imagebuilder.pipeline.Pipeline;
import dev.imagebuilder.pipeline.PipelineOptions;
import dev.imagebuilder.pipeline.PipelineOptions.CacheMode;
import dev.imagebuilder.pipeline.git.GitOptions;
import dev.imagebuilder.pipeline.git.GitPolicy;
import dev.imagebuilder.pipeline.git.GitSources;
import dev.imagebuilder.registry.DockerConfig;
import dev.imagebuilder.registry.HostOptions;
import dev.imagebuilder.registry.Registries;
import dev.imagebuilder.registry.RegistryOptions;
import dev.imagebuilder.server.config.Configuration;
import dev.imagebuilder.server.config.OrchestratorConfig;
import dev.imagebuilder.server.config.OrchestratorConfig.Backend;
import dev.imagebuilder.server.config.RefCacheConfig;
import dev.imagebuilder.server.config.RegistryConfig;
import dev.imagebuilder.server.config.WsmanConfig.TlsFiles;
import dev.imagebuilder.service.BuildService;
import dev.imagebuilder.service.Builds;
import dev.imagebuilder.service.FirstOf;
import dev.imagebuilder.service.RefCache;
import dev.imagebuilder.service.ServiceOptions;
import dev.imagebuilder.service.ServiceOptions.History;
import dev.imagebuilder.service.ServiceOptions.Limits;
import dev.imagebuilder.service.ServiceParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes everything behind the APIs from the configuration, and closes it in reverse order. */
final class Wiring implements BuildParts {
  private static final Logger log = LoggerFactory.getLogger(Wiring.class);

  /** Builds must have stopped before the service has used up its own time to stop. */
  private static final Duration STOP_MARGIN = Duration.ofSeconds(4);

  private final ProcessOptions options;
  private final OrchestratorConfig orchestrator;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Path dataDir;
  private @Nullable BuildService service;
  private @Nullable BuildBackend backend;

  private Wiring(ProcessOptions options, Path dataDir) {
    this.options = options;
    this.orchestrator = options.configuration().orchestrator();
    this.dataDir = dataDir;
  }

  /**
   * Makes the parts.
   *
   * @throws StartException if one cannot be made; none is left open then
   */
  static BuildParts make(ProcessOptions options, Metrics metrics)
      throws StartException, InterruptedException {
    Wiring wiring = new Wiring(options, dataDir(options));
    try {
      wiring.open(metrics);
      return wiring;
    } catch (IOException | NetworkException | CredentialException e) {
      wiring.close();
      throw new StartException(String.valueOf(e.getMessage()), e);
    } catch (StartException | InterruptedException | RuntimeException e) {
      wiring.close();
      throw e;
    }
  }

  /** In a pod nothing outlives the process but the builds themselves, which are found again. */
  private static Path dataDir(ProcessOptions options) throws StartException {
    Configuration configuration = options.configuration();
    boolean isLocal =
        configuration
            .orchestrator()
            .backendInForce()
            .filter(each -> each == Backend.WS_MANAGER)
            .isEmpty();
    if (isLocal || !configuration.dataDir().isEmpty()) {
      return Folders.data(configuration.dataDir(), options.environment());
    }
    try {
      Path folder = Files.createTempDirectory("image-builder-");
      log.atInfo().addKeyValue("folder", folder).log("no dataDir: logs end with this process");
      return folder;
    } catch (IOException e) {
      throw new StartException("make a temporary folder for logs: " + e + "; set dataDir", e);
    }
  }

  @Override
  public Optional<String> trouble() {
    return made(backend).trouble();
  }

  @Override
  public Builds builds() {
    return made(service);
  }

  @Override
  public String describe() {
    return made(backend).describe();
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      AutoCloseable part = opened.pop();
      try {
        part.close();
      } catch (Exception e) {
        log.atWarn().setCause(e).addKeyValue("part", part.getClass()).log("cannot close a part");
      }
    }
  }

  private void open(Metrics metrics)
      throws IOException,
          NetworkException,
          CredentialException,
          StartException,
          InterruptedException {
    Network network = Network.fromEnvironment(options.environment());
    Registries registries = opened(new Registries(registryOptions(), network));
    Images images = registries.images(platform());
    CredentialSource installation = installation(network);
    BuildBackend made = isLocal() ? local(network, images, registries) : opened(wsManager(network));
    backend = made;
    service =
        opened(
            BuildService.open(
                new ServiceParts(
                    aheadOfTime(images), installation, made, metrics, InstantSource.system()),
                serviceOptions()));
  }

  /** Engines ask registries themselves; what is known ahead of time serves plans (SPEC 6.3). */
  private Images aheadOfTime(Images images) {
    RefCacheConfig config = options.configuration().refCache();
    List<ImageReference> refs = config.refs().stream().map(ImageReference::parse).toList();
    return config.isOn()
        ? opened(RefCache.start(images, refs, Durations.parse(config.interval())))
        : images;
  }

  private boolean isLocal() {
    return orchestrator.backendInForce().filter(each -> each == Backend.WS_MANAGER).isEmpty();
  }

  private LocalBackend local(Network network, Images images, Registries registries)
      throws IOException, StartException, InterruptedException {
    Engine engine =
        new Engines(options, workDir(), new Engines.Ports(registries, images), this::opened)
            .choose();
    Pipeline pipeline =
        new Pipeline(
            new PipelineOptions(
                Set.copyOf(orchestrator.frontends().allowed()),
                CacheMode.valueOf(orchestrator.cache().mode().name())),
            engine,
            registries.transfer(),
            new GitSources(GitOptions.defaults().withPolicy(gitPolicy()), network));
    return opened(LocalBackend.open(LocalBackendOptions.defaults(workDir()), pipeline));
  }

  private WsManagerBackend wsManager(Network network) throws IOException, NetworkException {
    TlsFiles tls = orchestrator.wsman().tls();
    return WsManagerBackend.open(
        new WsManagerOptions(
            orchestrator.wsman().address(),
            tls == null || !tls.isUsed()
                ? null
                : new MutualTlsFiles(file(tls.ca()), file(tls.crt()), file(tls.key())),
            orchestrator.builderImage(),
            orchestrator.pullSecret(),
            Patience.defaults()),
        network);
  }

  private Path file(String name) {
    return Folders.underTelepresence(name, options.environment());
  }

  /** The file first, then ECR (SPEC 5.3). Without ECR nothing of AWS is loaded. */
  private CredentialSource installation(Network network) throws CredentialException {
    List<CredentialSource> sources = new ArrayList<>();
    String file = orchestrator.pullSecretFile();
    if (!file.isEmpty()) {
      sources.add(opened(DockerConfig.ofInstallation(file(file))));
    }
    if (orchestrator.enableAdditionalECRAuth()) {
      sources.add(opened(EcrCredentials.open(EcrOptions.pushingTo(resultDomains()), network)));
    }
    return new FirstOf(sources);
  }

  private List<String> resultDomains() {
    return Stream.of(orchestrator.workspaceImageRepository(), orchestrator.baseImageRepository())
        .map(name -> ImageReference.parse(name).domain())
        .toList();
  }

  private RegistryOptions registryOptions() {
    Map<String, HostOptions> hosts = new HashMap<>();
    options
        .configuration()
        .registries()
        .forEach((host, registry) -> hosts.put(host, hostOptions(registry)));
    return new RegistryOptions(hosts);
  }

  private static HostOptions hostOptions(RegistryConfig registry) {
    return new HostOptions(
        registry.plainHttp() ? HostOptions.Scheme.PLAIN_HTTP : HostOptions.Scheme.AUTO,
        registry.ca().isEmpty() ? null : Path.of(registry.ca()),
        registry.mirrors());
  }

  private GitPolicy gitPolicy() {
    return new GitPolicy(
        Set.copyOf(orchestrator.git().allowedSchemes()),
        Set.copyOf(orchestrator.git().allowedHosts()));
  }

  /** Workspaces run on linux/amd64 nodes, whatever this process runs on (SPEC 6.1). */
  private Platform platform() {
    if (!isLocal()) {
      return Platform.parse("linux/amd64");
    }
    String platform = orchestrator.local().platform();
    return platform.isEmpty() ? Platform.ofThisMachine() : Platform.parse(platform);
  }

  private Path workDir() {
    String workDir = orchestrator.local().workDir();
    return workDir.isEmpty() ? dataDir.resolve("work") : Path.of(workDir);
  }

  private ServiceOptions serviceOptions() {
    Configuration configuration = options.configuration();
    Duration stop = configuration.server().shutdownGrace().minus(STOP_MARGIN);
    Duration usual = Limits.defaults().stop();
    Limits limits =
        new Limits(
            isLocal() ? orchestrator.local().maxParallelBuilds() : Integer.MAX_VALUE,
            orchestrator.maxQueuedPerOwner(),
            orchestrator.buildTimeout(),
            orchestrator.queueTimeout(),
            stop.compareTo(usual) < 0 ? stop : usual);
    History history =
        new History(
            configuration.history().maxAge(),
            configuration.history().maxBuilds(),
            configuration.history().maxLogBytes());
    return new ServiceOptions(
        orchestrator.baseImageRepository(),
        orchestrator.workspaceImageRepository(),
        limits,
        history,
        dataDir.resolve("logs"));
  }

  private <T extends AutoCloseable> T opened(T part) {
    opened.push(part);
    return part;
  }

  private static <T> T made(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("not wired");
    }
    return part;
  }
}
