package dev.imagebuilder.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.Platform;
import dev.imagebuilder.server.config.OrchestratorConfig.Backend;
import dev.imagebuilder.server.config.ServerConfig.TlsPaths;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigFileTest {
  private static final String PLATFORM = Platform.ofThisMachine().toString();
  private static final String LEAST =
      """
      {"orchestrator": {"backend": "local", "baseImageRepository": "reg.example/base",
         "workspaceImageRepository": "reg.example/ws"},
       "server": {"services": {"grpc": {"address": ":8080"}}}}
      """;

  @TempDir private Path folder;

  @Test
  @Tag("row-125")
  void leastFileGivesTheDefaults() throws ConfigException {
    ConfigFile file = ConfigFile.parse(LEAST, "f");

    Configuration config = file.configuration();
    assertThat(file.warnings()).isEmpty();
    assertThat(config.orchestrator().local()).isEqualTo(LocalConfig.defaults());
    assertThat(config.orchestrator().git()).isEqualTo(GitRulesConfig.defaults());
    assertThat(config.orchestrator().frontends()).isEqualTo(FrontendsConfig.defaults());
    assertThat(config.orchestrator().buildTimeout()).isEqualTo(Duration.ofHours(1));
    assertThat(config.history()).isEqualTo(HistoryConfig.defaults());
    assertThat(config.refCache()).isEqualTo(RefCacheConfig.defaults());
    assertThat(config.registries()).isEmpty();
    assertThat(config.server().shutdownGrace()).isEqualTo(Duration.ofSeconds(25));
    assertThat(config.server().services().metrics().address()).isEqualTo("127.0.0.1:9500");
    assertThat(config.server().services().health().address()).isEqualTo(":9501");
    assertThat(config.server().services().debug().address()).isEqualTo(":6060");
    assertThat(config.server().services().grpc().tls()).isNull();
  }

  @Test
  @Tag("row-123")
  void everyKeyOfAFullFileIsRead() throws ConfigException, IOException {
    ConfigFile file = ConfigFile.parse(resource("full.json").replace("PLATFORM", PLATFORM), "f");

    Configuration config = file.configuration();
    OrchestratorConfig orchestrator = config.orchestrator();
    assertThat(orchestrator.backendInForce()).contains(Backend.LOCAL);
    assertThat(orchestrator.wsman())
        .isEqualTo(
            new WsmanConfig("localhost:12001", new WsmanConfig.TlsFiles("ca", "crt", "key")));
    assertThat(orchestrator.pullSecret()).isEqualTo("registry-auth");
    assertThat(orchestrator.pullSecretFile()).isEqualTo("/config/pull-secret.json");
    assertThat(orchestrator.builderImage()).isEqualTo("reg.example/bob:v1");
    assertThat(orchestrator.local())
        .isEqualTo(
            new LocalConfig(
                LocalConfig.Engine.BUILDKIT,
                new BuildkitConfig(
                    "tcp://builder.example:1234",
                    new BuildkitConfig.BuildkitTlsConfig("ca", "crt", "key", "its.name")),
                PLATFORM,
                LocalConfig.StepNetwork.NONE,
                3,
                "/srv/work"));
    assertThat(orchestrator.buildTimeout()).isEqualTo(Duration.ofMinutes(90));
    assertThat(orchestrator.queueTimeout()).isEqualTo(Duration.ofSeconds(45));
    assertThat(orchestrator.maxQueuedPerOwner()).isEqualTo(7);
    assertThat(orchestrator.git())
        .isEqualTo(new GitRulesConfig(List.of("https"), List.of("git.example")));
    assertThat(orchestrator.frontends()).isEqualTo(new FrontendsConfig(List.of("reg.example/f")));
    assertThat(config.registries())
        .isEqualTo(
            Map.of(
                "reg.example:5000",
                new RegistryConfig(true, "/ca.pem", List.of("mirror.example"))));
    assertThat(config.dataDir()).isEqualTo("/srv/data");
    assertThat(config.history()).isEqualTo(new HistoryConfig(Duration.ofDays(2), 10, 1000));
    assertThat(config.server().services().metrics().address()).isEqualTo("127.0.0.1:0");
    assertThat(config.server().services().debug().address()).isEqualTo("127.0.0.1:6061");
    assertThat(config.server().services().grpc().tls())
        .isEqualTo(
            new TlsPaths("/ca.crt", "/tls.crt", "/tls.key", TlsPaths.ClientCertificates.IGNORED));
    assertThat(config.server().shutdownGrace()).isEqualTo(Duration.ofSeconds(10));
    assertThat(file.warnings()).containsExactly("server.services.http: nothing is served there");
  }

  @Test
  @Tag("row-123")
  void keysMatchInAnyCaseAndNullsCountAsAbsent() throws ConfigException {
    Configuration config =
        ConfigFile.parse(
                LEAST
                    .replace("baseImageRepository", "BASEimagerepository")
                    .replace("\"backend\"", "\"LOCAL\": null, \"Backend\""),
                "f")
            .configuration();

    assertThat(config.orchestrator().baseImageRepository()).isEqualTo("reg.example/base");
    assertThat(config.orchestrator().local()).isEqualTo(LocalConfig.defaults());
  }

  @Test
  @Tag("row-123")
  void unknownKeysAreWarnedAboutWithTheirPathButSchemaIsNot() throws ConfigException {
    String json =
        LEAST
            .replaceFirst("\\{", "{\"\\$schema\": \"x\", \"other\": 1, ")
            .replace("\"backend\"", "\"local\": {\"engin\": 1}, \"backend\"");

    assertThat(ConfigFile.parse(json, "f.json").warnings())
        .containsExactlyInAnyOrder(
            "unknown key other in f.json, ignored",
            "unknown key orchestrator.local.engin in f.json, ignored");
  }

  @Test
  void allFaultsAreListedAtOnceWithTheirPaths() {
    String json =
        """
        {"orchestrator": {"baseImageRepository": "reg.example/base:tag", "buildTimeout": "1 hour",
           "local": {"engine": "podman", "maxParallelBuilds": 0, "platform": "linux"},
           "maxQueuedPerOwner": "many", "git": {"allowedSchemes": "https"}},
         "registries": {"a b": {"plainHttp": "yes"}},
         "refCache": {"interval": "often"},
         "server": {"services": {"grpc": {"address": "8080"}, "metrics": []}}}
        """;

    assertThatThrownBy(() -> ConfigFile.parse(json, "f"))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e ->
                assertThat(e.faults().stream().map(Object::toString))
                    .containsExactlyInAnyOrder(
                        "orchestrator.workspaceImageRepository: missing. Repository of the images"
                            + " that workspaces start from.",
                        "orchestrator.baseImageRepository: expected a repository without tag or"
                            + " digest, found reg.example/base:tag",
                        "orchestrator.buildTimeout: expected a duration such as \"1h30m\" or"
                            + " \"45s\", found \"1 hour\"",
                        "orchestrator.local.engine: expected one of auto, buildkit, docker,"
                            + " buildah, found \"podman\"",
                        "orchestrator.local.maxParallelBuilds: expected a whole number from 1,"
                            + " found 0",
                        "orchestrator.local.platform: not a platform, expected"
                            + " os/architecture[/variant]: linux",
                        "orchestrator.maxQueuedPerOwner: expected a whole number from 1, found"
                            + " \"many\"",
                        "orchestrator.git.allowedSchemes: expected a list of strings, found"
                            + " \"https\"",
                        "orchestrator.backend: missing. Say \"local\" to build on this machine",
                        "registries.a b: not the host of a registry, with its port if it has one",
                        "registries.a b.plainHttp: expected true or false, found \"yes\"",
                        "refCache.interval: not a duration such as 1h30m or 45s: often",
                        "server.services.grpc.address: not host:port: 8080",
                        "server.services.metrics: expected an object, found []"));
  }

  @Test
  void referencesToLookUpAheadOfTimeMustBeSuch() {
    String json =
        LEAST.replaceFirst(
            "\\{", "{\"refCache\": {\"interval\": \"10ms\", \"refs\": [\"a b\", \"busybox\"]},");

    assertThatThrownBy(() -> ConfigFile.parse(json, "f"))
        .hasMessageContaining("refCache.interval: must be at least 1s")
        .hasMessageContaining("refCache.refs: invalid reference \"a b\"");
  }

  @Test
  void emptyFileNamesAllThatIsRequired() {
    assertThatThrownBy(() -> ConfigFile.parse("{}", "f"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("configuration f:\n  ")
        .hasMessageContaining("orchestrator.baseImageRepository: missing")
        .hasMessageContaining("orchestrator.workspaceImageRepository: missing")
        .hasMessageContaining("server.services.grpc.address: missing");
  }

  @Test
  void addressOfWsManagerMeansItsBackendUnlessLocalIsSaid() throws ConfigException {
    String json =
        LEAST.replace(
            "\"backend\": \"local\"",
            "\"wsman\": {\"address\": \"w:1\"}, \"builderImage\": \"reg.example/bob:v1\"");

    assertThat(ConfigFile.parse(json, "f").configuration().orchestrator().backendInForce())
        .contains(OrchestratorConfig.Backend.WS_MANAGER);
    assertThat(
            ConfigFile.parse(json.replace("\"wsman\"", "\"backend\": \"local\", \"wsman\""), "f")
                .configuration()
                .orchestrator()
                .backendInForce())
        .contains(OrchestratorConfig.Backend.LOCAL);
  }

  @Test
  void allThatTheBackendWsManagerNeedsIsAskedForAtOnce() {
    String json =
        LEAST.replace(
            "\"backend\": \"local\"",
            "\"backend\": \"ws-manager\","
                + " \"wsman\": {\"address\": \"\", \"tls\": {\"ca\": \"/ca.crt\"}}");

    assertThatThrownBy(() -> ConfigFile.parse(json, "f"))
        .hasMessageContaining("orchestrator.wsman.address: missing")
        .hasMessageContaining("orchestrator.builderImage: missing")
        .hasMessageContaining("orchestrator.wsman.tls: needs all of ca, crt and key");
  }

  @Test
  void tlsNeedsAllItsFiles() {
    String json = LEAST.replace("\":8080\"", "\":8080\", \"tls\": {\"caPath\": \"x\"}");

    assertThatThrownBy(() -> ConfigFile.parse(json, "f"))
        .hasMessageContaining(
            "server.services.grpc.tls: needs all of caPath, certPath and keyPath");
  }

  @Test
  void faultsOfFilesAreListedBesideTheOthers() throws IOException {
    Path file = Files.writeString(folder.resolve("f.json"), LEAST.replace(":8080", "8080"));

    assertThatThrownBy(() ->
            ConfigFile.read(file, _ -> List.of(new ConfigException.Fault("x.ca", "no such file"))))
        .hasMessageContaining("server.services.grpc.address: not host:port")
        .hasMessageContaining("x.ca: no such file");
  }

  @Test
  void brokenJsonIsSaidWithItsPlace() {
    assertThatThrownBy(() -> ConfigFile.parse("{\n \"a\": }", "f"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("not JSON")
        .hasMessageContaining("line 2");
    assertThatThrownBy(() -> ConfigFile.parse("", "f")).isInstanceOf(ConfigException.class);
  }

  @Test
  void missingFileIsSaid() {
    assertThatThrownBy(() -> ConfigFile.read(Path.of("/nowhere/x.json"), _ -> List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("configuration /nowhere/x.json:\n  cannot be read: no such file");
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = ConfigFileTest.class.getResourceAsStream(name)) {
      assertThat(in).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
