package dev.imagebuilder.it;

import static dev.imagebuilder.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.devregistry.DevRegistry;
import dev.imagebuilder.devregistry.DevRegistryOptions;
import dev.imagebuilder.testing.Peers;
import dev.imagebuilder.testing.PlainRegistryClient;
import dev.imagebuilder.testing.Ports;
import dev.imagebuilder.testing.SecretServer;
import dev.imagebuilder.testing.TemporaryFolder;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import dev.imagebuilder.testing.TlsFiles;
import dev.imagebuilder.testing.wsmanager.Ending;
import dev.imagebuilder.testing.wsmanager.StandInWorkspace;
import dev.imagebuilder.testing.wsmanager.WsManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * README.md's sections on Gitpod installations and on grpcurl, typed word by word: against a
 * stand-in for ws-manager with TLS and an API server that has its certificates. What differs are
 * ports, hosts and what cannot be had here: kubectl and the internet.
 */
@Timeout(300)
final class ClusterIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final TestImage image = TestImages.oci("cluster");
  private final int grpcPort = Ports.free();
  private final int metricsPort = Ports.free();
  private final int healthPort = Ports.free();
  private TemporaryFolder folder;
  private DevRegistry registry;
  private WsManager manager;
  private SecretServer cluster;
  private @Nullable Process service;

  @BeforeEach
  void start() throws Exception {
    folder = TemporaryFolder.named("cluster");
    registry = DevRegistry.start(DevRegistryOptions.onLoopback(folder.path().resolve("r"), 0));
    for (String name : List.of("library/alpine:3", "library/debian:12")) {
      String[] parts = name.split(":", 2);
      PlainRegistryClient.of(registry.uri()).push(parts[0], parts[1], TestImages.oci(name));
    }
    TlsFiles.make(folder.path());
    TlsFiles.issue(folder.path(), "ws-manager");
    TlsFiles.issue(folder.path(), "tls");
    manager =
        WsManager.start(
            this::build,
            new WsManager.Tls(
                file(TlsFiles.AUTHORITY), file("ws-manager.crt"), file("ws-manager.key")));
    cluster = SecretServer.start();
    cluster.put(
        "gitpod",
        "ws-manager-mk2-client-tls",
        Map.of(
            "ca.crt",
            Files.readString(file(TlsFiles.AUTHORITY)),
            "tls.crt",
            Files.readString(file("tls.crt")),
            "tls.key",
            Files.readString(file("tls.key"))));
    prepareCheckout();
  }

  @AfterEach
  void stop() throws Exception {
    if (service != null) {
      service.destroy();
      assertThat(service.waitFor(40, TimeUnit.SECONDS)).isTrue();
    }
    cluster.close();
    manager.close();
    registry.close();
    folder.close();
  }

  @Test
  @Tag("row-143")
  void readmesSectionsHoldWordByWord() throws Exception {
    List<String> typed = new ArrayList<>();
    for (String command : Readme.commands("In a Gitpod installation")) {
      typed.add(command);
      if (command.startsWith("kubectl")) {
        assertThat(command).contains("port-forward").contains("12001:8080");
      } else if (command.startsWith("./image-builder run")) {
        service = bash(command).start();
        awaitReady();
      } else {
        check(command, run(command));
      }
    }
    assertThat(typed).hasSize(9);
    for (String command : Readme.commands("From other programs")) {
      Program.Result result = run(command);
      assertThat(result.code()).as(command + "\n" + result.all()).isZero();
      assertThat(result.out()).as(command).isNotBlank();
    }
  }

  /** What each command of the section is there for. */
  private void check(String command, Program.Result result) throws IOException {
    assertThat(result.code()).as(command + "\n" + result.all()).isZero();
    switch (command.replaceFirst("^.*\\| ", "").replaceAll(" (examples|docker.io|--name).*", "")) {
      case "./image-builder clusters get-tls-config" -> {
        assertThat(result.out()).contains("wrote ws-manager TLS config to: ./wsman-tls");
        assertThat(file("wsman-tls/tls.key")).hasSameTextualContentAs(file("tls.key"));
      }
      case "./image-builder imagebuilds build" -> {
        assertThat(result.out()).startsWith(registry.domain() + "/build/workspace-images:");
        assertThat(result.err()).contains("hello from the workspace");
      }
      case "./image-builder imagebuilds list" -> assertThat(result.out()).startsWith("BUILD ");
      case "./image-builder imagebuilds resolve base-image" ->
          assertThat(result.out()).startsWith(registry.domain() + "/library/alpine@sha256:");
      case "./image-builder imagebuilds build-batch" ->
          assertThat(result.out().lines()).hasSize(2).allMatch(line -> !line.contains("failure"));
      case "curl -s localhost:9500/metrics" ->
          assertThat(result.out())
              .containsPattern("_builds_done_total\\{success=\"true\"} [1-9]")
              .contains("_builds_done_total{success=\"false\"} 0.0");
      case "curl -s localhost:9501/ready" -> assertThat(result.out()).isEqualTo("{}");
      default -> throw new AssertionError("the test does not know what to expect of: " + command);
    }
  }

  private Ending build(StandInWorkspace workspace) throws IOException, InterruptedException {
    workspace.terminal().awaitReader();
    workspace.terminal().print("hello from the workspace\n");
    String target = workspace.variable("WORKSPACEKIT_BOBPROXY_TARGETREF");
    PlainRegistryClient.of(registry.uri())
        .push("build/workspace-images", target.substring(target.lastIndexOf(':') + 1), image);
    return Ending.success();
  }

  /**
   * A folder with what the commands name: the program, and the examples with hosts that are there.
   */
  private void prepareCheckout() throws IOException {
    Path program = folder.path().resolve("image-builder");
    Files.createSymbolicLink(folder.path().resolve("examples"), folder.path().resolve("e"));
    Files.createDirectories(folder.path().resolve("e"));
    Files.copy(
        Readme.CHECKOUT.resolve("examples/build.json"),
        folder.path().resolve("e/build.json"),
        StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(
        folder.path().resolve("e/config.json"),
        here(Files.readString(Readme.CHECKOUT.resolve("examples/config.json")))
            .replace(
                "\"grpc\"",
                """
                "metrics": {"address": "127.0.0.1:%d"}, "health": {"address": "127.0.0.1:%d"},
                "debug": {"address": "127.0.0.1:0"}, "grpc\"\
                """
                    .formatted(metricsPort, healthPort)));
    String line =
        String.join(" ", Program.command(folder.path()).command())
            .replace(
                System.getProperty("java.class.path"),
                "'" + System.getProperty("java.class.path") + "'");
    Files.writeString(
        program,
        """
        #!/bin/bash
        host=(); [ "$1" != imagebuilds ] || host=(--host localhost:%d)
        exec %s "$@" "${host[@]}"
        """
            .formatted(grpcPort, line));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  private Program.Result run(String command) throws IOException, InterruptedException {
    return Program.finish(bash(command), folder.path(), LIMIT);
  }

  private ProcessBuilder bash(String command) throws IOException {
    Path grpcurl =
        Peers.require("grpcurl", "go install github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3");
    ProcessBuilder builder = Program.command(folder.path());
    builder.command("bash", "-ec", here(command).replace("ID", lastBuild()));
    builder.directory(folder.path().toFile());
    builder
        .environment()
        .merge("PATH", grpcurl.resolveSibling("").toString(), (path, own) -> own + ":" + path);
    builder
        .environment()
        .put("KUBECONFIG", cluster.kubeConfig(folder.path(), "default").toString());
    return builder;
  }

  /** The same with hosts and ports of this test. */
  private String here(String text) {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("localhost:12001", manager.address());
    names.put("0.0.0.0:8080", "127.0.0.1:" + grpcPort);
    names.put("localhost:8080", "localhost:" + grpcPort);
    names.put("localhost:9500", "localhost:" + metricsPort);
    names.put("localhost:9501", "localhost:" + healthPort);
    names.put("reg.example/", registry.domain() + "/");
    names.put("docker.io/", registry.domain() + "/");
    String result = text;
    for (Map.Entry<String, String> name : names.entrySet()) {
      result = result.replace(name.getKey(), name.getValue());
    }
    return result;
  }

  private String lastBuild() {
    return manager.faults().startRequests().isEmpty()
        ? "ID"
        : manager.faults().startRequests().getLast().getId();
  }

  private void awaitReady() throws InterruptedException {
    eventually(LIMIT, () -> assertThat(run("curl -sf localhost:9501/ready").code()).isZero());
  }

  private Path file(String name) {
    return folder.path().resolve(name);
  }
}
