package dev.imagebuilder.server;

import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.net.MutualTlsFiles;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.net.NetworkException;
import dev.imagebuilder.registry.DockerConfig;
import dev.imagebuilder.server.config.ConfigException.Fault;
import dev.imagebuilder.server.config.ConfigFile;
import dev.imagebuilder.server.config.Configuration;
import dev.imagebuilder.server.config.OrchestratorConfig.Backend;
import dev.imagebuilder.server.config.ServerConfig.TlsPaths;
import dev.imagebuilder.server.config.WsmanConfig;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads every file that a configuration names, so that those that cannot be used are told of in one
 * go with everything else that is wrong.
 */
public final class FileChecks implements ConfigFile.Checks {
  private final Map<String, String> environment;

  /** For a process with these variables. */
  public FileChecks(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  @Override
  public List<Fault> faults(Configuration configuration) {
    List<Fault> faults = new ArrayList<>();
    WsmanConfig.TlsFiles wsman = configuration.orchestrator().wsman().tls();
    if (isWsManager(configuration) && wsman != null && wsman.isUsed() && wsman.isComplete()) {
      certificates(
          "orchestrator.wsman.tls",
          new MutualTlsFiles(file(wsman.ca()), file(wsman.crt()), file(wsman.key())),
          faults);
    }
    TlsPaths own = configuration.server().services().grpc().tls();
    if (own != null && own.isComplete()) {
      certificates("server.services.grpc.tls", files(own, environment), faults);
    }
    pullSecret(configuration.orchestrator().pullSecretFile(), faults);
    configuration
        .registries()
        .forEach(
            (host, registry) -> authority("registries." + host + ".ca", registry.ca(), faults));
    return faults;
  }

  /** Where the files of our own certificate are. */
  static MutualTlsFiles files(TlsPaths paths, Map<String, String> environment) {
    return new MutualTlsFiles(
        Folders.underTelepresence(paths.caPath(), environment),
        Folders.underTelepresence(paths.certPath(), environment),
        Folders.underTelepresence(paths.keyPath(), environment));
  }

  private static boolean isWsManager(Configuration configuration) {
    return configuration
        .orchestrator()
        .backendInForce()
        .filter(each -> each == Backend.WS_MANAGER)
        .isPresent();
  }

  private static void certificates(String key, MutualTlsFiles files, List<Fault> faults) {
    try {
      var _ = files.read(Instant.now());
    } catch (NetworkException e) {
      e.faults().forEach(fault -> faults.add(new Fault(key, fault)));
    }
  }

  private void pullSecret(String file, List<Fault> faults) {
    if (file.isEmpty()) {
      return;
    }
    try {
      DockerConfig.check(file(file));
    } catch (CredentialException e) {
      faults.add(new Fault("orchestrator.pullSecretFile", String.valueOf(e.getMessage())));
    }
  }

  private static void authority(String key, String file, List<Fault> faults) {
    if (file.isEmpty()) {
      return;
    }
    try {
      var _ = Network.ofJdk().withCa(Path.of(file));
    } catch (NetworkException e) {
      faults.add(new Fault(key, String.valueOf(e.getMessage())));
    }
  }

  private Path file(String name) {
    return Folders.underTelepresence(name, environment);
  }
}
