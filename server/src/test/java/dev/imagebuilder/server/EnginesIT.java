package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Platform;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.registry.Registries;
import dev.imagebuilder.registry.RegistryOptions;
import dev.imagebuilder.testing.DockerDaemon;
import dev.imagebuilder.testing.Peers;
import dev.imagebuilder.testing.TemporaryFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code auto} takes on a machine with a Docker Engine that is older than 25.0.2. */
final class EnginesIT {
  private static final Path USUAL = Path.of("/run/buildkit/buildkitd.sock");

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private TemporaryFolder folder;
  private DockerDaemon docker;

  @BeforeEach
  void start() throws Exception {
    Assumptions.assumeFalse(Files.exists(USUAL), "a buildkitd of this machine's would be taken");
    docker = DockerDaemon.start();
    folder = TemporaryFolder.named("engines");
  }

  @AfterEach
  void stop() throws Exception {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
    if (docker != null) {
      folder.close();
      docker.close();
    }
  }

  @Test
  void oldDockerEngineIsTakenWhereNothingElseIs() throws Exception {
    Engines engines = engines(Files.createDirectory(folder.path().resolve("empty")));

    String chosen = engines.choose().describe();

    assertThat(chosen)
        .startsWith("Docker Engine 20.10")
        .contains(docker.socket().toString(), "DOCKER_HOST", "WARNING");
    assertThat(engines.passedOver())
        .satisfiesExactly(
            first -> assertThat(first).isEqualTo("no buildkitd at " + USUAL),
            second -> assertThat(second).startsWith("no buildkitd with runc on PATH"),
            third ->
                assertThat(third)
                    .startsWith("Docker Engine 20.10")
                    .endsWith("is only taken where there is nothing else"),
            fourth -> assertThat(fourth).startsWith("neither buildah with runc"));
  }

  @Test
  void buildahComesBeforeAnOldDockerEngine() throws Exception {
    Engines engines = engines(programs("buildah", "runc", "unshare", "cat"));

    String chosen = engines.choose().describe();

    assertThat(chosen).startsWith("buildah ");
    assertThat(engines.passedOver())
        .last()
        .asString()
        .startsWith("Docker Engine 20.10")
        .endsWith("is only taken where there is nothing else");
  }

  @Test
  void buildahThatDoesNotWorkIsPassedOver() throws Exception {
    Path programs = programs("runc", "unshare");
    Path broken =
        Files.writeString(
            programs.resolve("buildah"),
            "#!/bin/sh\n[ $1 = --version ] && echo buildah version 1.28.2 && exit 0\nexit 3\n");
    assertThat(broken.toFile().setExecutable(true)).isTrue();
    Engines engines = engines(programs);

    String chosen = engines.choose().describe();

    assertThat(chosen).startsWith("Docker Engine 20.10");
    assertThat(engines.passedOver()).last().asString().startsWith("run a step with buildah 1.28.2");
  }

  private Engines engines(Path path) throws Exception {
    ProcessOptions options =
        TestService.options(
            TestService.configuration(
                TestService.config()
                    .replace("\"backend\"", "\"local\": {\"network\": \"none\"}, \"backend\"")));
    Registries registries = new Registries(RegistryOptions.defaults(), Network.ofJdk());
    opened.push(registries);
    return new Engines(
        new ProcessOptions(
            options.configuration(),
            "v0",
            Map.of("PATH", path.toString(), "DOCKER_HOST", "unix://" + docker.socket()),
            options.log()),
        folder.path().resolve("work"),
        new Engines.Ports(registries, registries.images(Platform.ofThisMachine())),
        opened::push);
  }

  /** A folder in which only these programs are. */
  private Path programs(String... names) throws Exception {
    Path programs = Files.createDirectory(folder.path().resolve("programs"));
    for (String name : List.of(names)) {
      Path program = Peers.require(name, "apt-get install buildah runc util-linux coreutils");
      Files.createSymbolicLink(programs.resolve(name), program);
    }
    return programs;
  }
}
