package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.buildkit.DockerEngine;
import dev.imagebuilder.buildkit.StepNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Places at which no Docker Engine is used, and what is said of them. */
final class DockerSearchTest {

  @Test
  void placesThatOthersCouldListenAtAreNotAsked() throws Exception {
    for (String host :
        List.of("ssh://host", "tcp://192.0.2.1:2375", "npipe:////./pipe/docker", "nonsense")) {
      assertThat(passedOver(Map.of("DOCKER_HOST", host)))
          .containsExactly(
              "DOCKER_HOST="
                  + host
                  + " is neither unix:///path nor tcp:// to this machine's loopback without TLS");
    }
    assertThat(passedOver(Map.of("DOCKER_HOST", "tcp://127.0.0.1:2376", "DOCKER_TLS_VERIFY", "1")))
        .singleElement()
        .asString()
        .contains("without TLS");
  }

  @Test
  void namedSocketThatIsNotThereIsNamedAndNoOtherIsLookedFor() throws Exception {
    assertThat(passedOver(Map.of("DOCKER_HOST", "unix:///nowhere/docker.sock")))
        .singleElement()
        .asString()
        .contains("unix:///nowhere/docker.sock");
  }

  private static List<String> passedOver(Map<String, String> environment) throws Exception {
    List<String> passedOver = new ArrayList<>();
    Optional<DockerEngine> found =
        new DockerSearch(environment, Path.of("work"), passedOver::add)
            .find(
                StepNetwork.AUTO,
                (wish, _) -> {
                  throw new AssertionError("nothing is asked for here: " + wish);
                });
    assertThat(found).isEmpty();
    return passedOver;
  }
}
