package dev.imagebuilder.server;

import dev.imagebuilder.buildkit.BuildkitAddress;
import dev.imagebuilder.buildkit.BuildkitException;
import dev.imagebuilder.buildkit.DockerEngine;
import dev.imagebuilder.buildkit.StepNetwork;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.RegistryTokens;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Looks for a Docker Engine where Docker's own programs would. */
final class DockerSearch {
  private final Map<String, String> environment;
  private final Path workDir;
  private final Consumer<String> passedOver;

  /**
   * Prepares the search.
   *
   * @param workDir whose it is: names in the Engine's image store are named after it
   * @param passedOver hears what was looked for in vain
   */
  DockerSearch(Map<String, String> environment, Path workDir, Consumer<String> passedOver) {
    this.environment = environment;
    this.workDir = workDir;
    this.passedOver = passedOver;
  }

  /** The first one that answers. */
  Optional<DockerEngine> find(StepNetwork network, RegistryTokens tokens)
      throws InterruptedException {
    for (DockerEngine.Place place : places()) {
      try {
        return Optional.of(DockerEngine.open(place, network, tokens));
      } catch (BuildkitException e) {
        passedOver.accept(String.valueOf(e.getMessage()));
      }
    }
    return Optional.empty();
  }

  private List<DockerEngine.Place> places() {
    String host = environment.getOrDefault("DOCKER_HOST", "");
    if (!host.isEmpty()) {
      return named(host).map(at -> place(at, "DOCKER_HOST")).stream().toList();
    }
    List<DockerEngine.Place> places = new ArrayList<>();
    for (Path socket : usualSockets()) {
      if (Files.exists(socket)) {
        places.add(place(new BuildkitAddress.Unix(socket), "its usual socket"));
      } else {
        passedOver.accept("no Docker Engine at " + socket);
      }
    }
    return places;
  }

  /** What everybody on the way could read, or use, is no place to send passwords to. */
  private Optional<BuildkitAddress> named(String host) {
    try {
      BuildkitAddress at = BuildkitAddress.parse(host);
      boolean isHere =
          !(at instanceof BuildkitAddress.Tcp tcp)
              || (isLoopback(tcp.host())
                  && environment.getOrDefault("DOCKER_TLS_VERIFY", "").isEmpty());
      if (isHere) {
        return Optional.of(at);
      }
    } catch (IllegalArgumentException _) {
      // ssh://, npipe:// and whatever else Docker's own program can do
    }
    passedOver.accept(
        "DOCKER_HOST="
            + host
            + " is neither unix:///path nor tcp:// to this machine's loopback without TLS");
    return Optional.empty();
  }

  private List<Path> usualSockets() {
    List<Path> sockets = new ArrayList<>(List.of(Path.of("/var/run/docker.sock")));
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    if (runtime.startsWith("/")) {
      sockets.add(Path.of(runtime, "docker.sock"));
    }
    return sockets;
  }

  private DockerEngine.Place place(BuildkitAddress at, String found) {
    byte[] whose = workDir.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
    String owner = "image-builder-" + Digest.of(whose).hex().substring(0, 16);
    return new DockerEngine.Place(at, found, owner);
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException _) {
      return false;
    }
  }
}
