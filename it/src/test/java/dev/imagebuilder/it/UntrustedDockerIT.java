package dev.imagebuilder.it;

import dev.imagebuilder.testing.DockerDaemon;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;

/** Untrusted Dockerfiles with a Docker Engine that somebody else runs. */
final class UntrustedDockerIT extends UntrustedContract {
  private DockerDaemon docker;

  UntrustedDockerIT() {
    super("docker");
  }

  @Override
  Map<String, String> environment() throws IOException {
    docker = DockerDaemon.start();
    return Map.of("DOCKER_HOST", "unix://" + docker.socket());
  }

  @Override
  List<Long> engineProcesses() {
    return List.of(docker.process().pid());
  }

  @Override
  List<Path> enginePlaces() {
    List<Path> places = new ArrayList<>(super.enginePlaces());
    places.addAll(List.of(docker.folder(), docker.socket()));
    return places;
  }

  @AfterAll
  @Override
  void uninstall() throws Exception {
    super.uninstall();
    if (docker != null) {
      docker.close();
    }
  }
}
