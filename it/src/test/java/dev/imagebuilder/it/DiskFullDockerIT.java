package dev.imagebuilder.it;

import dev.imagebuilder.testing.DockerDaemon;
import dev.imagebuilder.testing.Peers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A small disk with a Docker Engine that somebody else runs. */
final class DiskFullDockerIT extends DiskFullContract {
  private @Nullable DockerDaemon docker;

  DiskFullDockerIT() {
    super("docker");
  }

  @Override
  void requireEngine() {
    Peers.require("dockerd", "apt-get install docker.io");
  }

  @Override
  Map<String, String> startEngine(Path disk) throws IOException {
    docker = DockerDaemon.startWithData(disk.resolve("docker"));
    return Map.of("DOCKER_HOST", "unix://" + docker.socket());
  }

  /**
   * An Engine of version 20.10 removes a file that did not fit, and holds it open until its memory
   * is next tidied up: every two minutes at least.
   */
  @Override
  Duration untilItIsFree() {
    return Duration.ofMinutes(5);
  }

  @Override
  void stopEngine() throws IOException {
    if (docker != null) {
      docker.close();
    }
  }
}
