package dev.imagebuilder.it;

import dev.imagebuilder.testing.DockerDaemon;
import dev.imagebuilder.testing.Peers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One of the engines, and what has to run for it besides the service. */
final class TestedEngine implements AutoCloseable {
  private final String name;
  private final Optional<DockerDaemon> docker;

  private TestedEngine(String name, Optional<DockerDaemon> docker) {
    this.name = name;
    this.docker = docker;
  }

  /** Starts what it needs, or skips the test where that is missing; named as configured. */
  static TestedEngine start(String name) throws IOException {
    if (name.equals("buildkit")) {
      Peers.require("buildkitd", "scripts/test, which makes it where Go is installed");
    }
    return new TestedEngine(
        name, name.equals("docker") ? Optional.of(DockerDaemon.start()) : Optional.empty());
  }

  /** As the configuration names it. */
  String name() {
    return name;
  }

  /** What the service needs to find it. */
  Map<String, String> environment() {
    return docker
        .map(daemon -> Map.of("DOCKER_HOST", "unix://" + daemon.socket()))
        .orElse(Map.of());
  }

  /** Its processes that run all the time. */
  List<Long> processes(Installation installation) {
    return docker
        .map(daemon -> List.of(daemon.process().pid()))
        .orElseGet(() ->
            Installation.processesNaming(installation.workFolder().toString()).stream()
                .map(line -> Long.parseLong(line.substring(0, line.indexOf(' '))))
                .toList());
  }

  /** Where it listens and keeps its files. */
  List<Path> places(Installation installation) {
    List<Path> places = new ArrayList<>(List.of(installation.workFolder()));
    docker.ifPresent(daemon -> places.addAll(List.of(daemon.folder(), daemon.socket())));
    return places;
  }

  /** Images that the engine keeps for others, too: a Docker Engine's store. */
  String keptImages() throws IOException, InterruptedException {
    if (docker.isEmpty()) {
      return "";
    }
    String program = Peers.require("docker", "apt-get install docker.io").toString();
    return Program.finish(
            new ProcessBuilder(
                program, "--host=unix://" + docker.get().socket(), "images", "--all", "--quiet"),
            docker.get().folder(),
            Duration.ofSeconds(30))
        .out();
  }

  @Override
  public void close() throws IOException {
    if (docker.isPresent()) {
      docker.get().close();
    }
  }
}
