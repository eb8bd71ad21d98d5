package dev.imagebuilder.server.config;

import dev.imagebuilder.buildkit.BuildkitAddress;
import dev.imagebuilder.core.Durations;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.server.config.ConfigException.Fault;
import dev.imagebuilder.server.config.OrchestratorConfig.Backend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What a configuration must fulfil beyond the types of its values. */
final class ConfigChecks {
  private static final String HOST =
      "[a-zA-Z0-9.-]+(?::[0-9]{1,5})?|\\[[a-fA-F0-9:]+](?::[0-9]{1,5})?";

  private static final Duration SHORTEST_GRACE = Duration.ofSeconds(5);
  private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);
  private static final Set<String> GIT_SCHEMES = Set.of("https", "http");

  private final Set<String> faulty;
  private final List<Fault> faults = new ArrayList<>();

  private ConfigChecks(List<Fault> known) {
    this.faulty = new HashSet<>(known.stream().map(Fault::key).collect(Collectors.toSet()));
  }

  /** What is wrong, except where a value did not even fit its type. */
  static List<Fault> faults(Configuration configuration, List<Fault> known) {
    ConfigChecks checks = new ConfigChecks(known);
    checks.orchestrator(configuration.orchestrator());
    checks.server(configuration.server().services());
    if (configuration.server().shutdownGrace().compareTo(SHORTEST_GRACE) < 0) {
      checks.fault("server.shutdownGrace", "must be at least 5s, the time builds take to stop");
    }
    checks.registries(configuration);
    checks.refCache(configuration.refCache());
    return checks.faults;
  }

  /** What is accepted and does nothing, or may not do what was meant. */
  static List<String> warnings(Configuration configuration) {
    List<String> warnings = new ArrayList<>();
    OrchestratorConfig orchestrator = configuration.orchestrator();
    boolean isWsManager =
        orchestrator.backendInForce().filter(each -> each == Backend.WS_MANAGER).isPresent();
    if (isWsManager && orchestrator.pullSecret().isEmpty()) {
      warnings.add(
          "orchestrator.pullSecret: missing; builds cannot push without registry credentials");
    }
    if (configuration.server().services().http() != null) {
      warnings.add("server.services.http: nothing is served there");
    }
    return warnings;
  }

  private void orchestrator(OrchestratorConfig config) {
    backend(config);
    repository("orchestrator.baseImageRepository", config.baseImageRepository());
    repository("orchestrator.workspaceImageRepository", config.workspaceImageRepository());
    platform(config.local().platform());
    buildkit(config.local());
    for (String scheme : config.git().allowedSchemes()) {
      if (!GIT_SCHEMES.contains(scheme)) {
        fault("orchestrator.git.allowedSchemes", "expected https or http, found " + scheme);
      }
    }
    for (String host : config.git().allowedHosts()) {
      if (!host.matches("[a-z0-9.-]+")) {
        fault(
            "orchestrator.git.allowedHosts",
            "expected a host in lower case without port, found " + host);
      }
    }
    for (String frontend : config.frontends().allowed()) {
      repository("orchestrator.frontends.allowed", frontend);
    }
  }

  private void buildkit(LocalConfig local) {
    String key = "orchestrator.local.buildkit";
    String address = local.buildkit().address();
    var tls = local.buildkit().tls();
    if (!address.isEmpty()) {
      parses(key + ".address", address, BuildkitAddress::parse);
      switch (local.engine()) {
        case AUTO, BUILDKIT -> {}
        case DOCKER, BUILDAH ->
            fault(
                key + ".address",
                "not used with orchestrator.local.engine: "
                    + local.engine().name().toLowerCase(Locale.ROOT));
      }
    }
    if (tls.isOn() && !address.startsWith("tcp://")) {
      fault(key + ".tls", "only for an address that begins with tcp://");
    }
    if (tls.certificate().isEmpty() != tls.key().isEmpty()) {
      fault(key + ".tls", "certificate and key belong together");
    }
  }

  private void platform(String text) {
    String key = "orchestrator.local.platform";
    Platform here = Platform.ofThisMachine();
    if (!text.isEmpty()
        && parses(key, text, Platform::parse)
        && !Platform.parse(text).matches(here)) {
      fault(key, "this version builds for this machine's platform only, " + here);
    }
  }

  private void backend(OrchestratorConfig config) {
    String key = "orchestrator.backend";
    switch (config.backendInForce().orElse(null)) {
      case null -> fault(key, "missing. Say \"local\" to build on this machine");
      case WS_MANAGER -> wsManager(config);
      case LOCAL -> {
        // what it needs is checked when it starts
      }
    }
  }

  private void wsManager(OrchestratorConfig config) {
    if (config.wsman().address().isEmpty()) {
      fault("orchestrator.wsman.address", "missing. The backend ws-manager needs it");
    }
    if (config.builderImage().isEmpty()) {
      fault("orchestrator.builderImage", "missing. Workspaces that build run this image");
    } else {
      parses("orchestrator.builderImage", config.builderImage(), ImageReference::parse);
    }
    WsmanConfig.TlsFiles tls = config.wsman().tls();
    if (tls != null && tls.isUsed() && !tls.isComplete()) {
      fault("orchestrator.wsman.tls", "needs all of ca, crt and key");
    }
  }

  private void server(ServerConfig.ServicesConfig services) {
    address("server.services.grpc.address", services.grpc().address());
    address("server.services.metrics.address", services.metrics().address());
    address("server.services.health.address", services.health().address());
    address("server.services.debug.address", services.debug().address());
    ServerConfig.TlsPaths tls = services.grpc().tls();
    if (tls != null && !tls.isComplete()) {
      fault("server.services.grpc.tls", "needs all of caPath, certPath and keyPath");
    }
  }

  private void registries(Configuration configuration) {
    configuration
        .registries()
        .forEach((host, registry) -> {
          String key = "registries." + host;
          if (!host.matches(HOST)) {
            fault(key, "not the host of a registry, with its port if it has one");
          }
          for (String mirror : registry.mirrors()) {
            if (!mirror.matches(HOST)) {
              fault(key + ".mirrors", "not a host: " + mirror);
            }
          }
        });
  }

  private void refCache(RefCacheConfig config) {
    String key = "refCache.interval";
    if (config.interval().isEmpty()) {
      return;
    }
    if (parses(key, config.interval(), Durations::parse)
        && Durations.parse(config.interval()).compareTo(SHORTEST_INTERVAL) < 0) {
      fault(key, "must be at least 1s");
    }
    for (String ref : config.refs()) {
      parses("refCache.refs", ref, ImageReference::parse);
    }
  }

  private void repository(String key, String text) {
    parses(
        key,
        text,
        given -> {
          ImageReference reference = ImageReference.parse(given);
          if (reference.tag().isPresent() || reference.digest().isPresent()) {
            throw new IllegalArgumentException(
                "expected a repository without tag or digest, found " + given);
          }
          return reference;
        });
  }

  private void address(String key, String text) {
    parses(key, text, ListenAddress::parse);
  }

  private boolean parses(String key, String text, Function<String, ?> parser) {
    try {
      var _ = parser.apply(text);
      return true;
    } catch (IllegalArgumentException e) {
      fault(key, String.valueOf(e.getMessage()));
      return false;
    }
  }

  private void fault(String key, String problem) {
    if (!faulty.contains(key)) {
      faults.add(new Fault(key, problem));
    }
  }
}
