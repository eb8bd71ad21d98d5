package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.imagebuilder.core.Repository;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.net.NetworkException;
import dev.imagebuilder.registry.HostOptions.Scheme;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** SPEC 6.1, step 2: which server a domain means. Nothing here is connected to. */
final class EndpointsTest {
  private static final Network NETWORK = Network.ofJdk();

  @Test
  @Tag("row-73")
  void everyRegistryIsReachedByTls() throws Exception {
    try (Endpoints endpoints = endpoints(Map.of())) {
      assertThat(api(endpoints, "ghcr.io")).isEqualTo("https://ghcr.io/v2/");
      assertThat(api(endpoints, "reg.example:5000")).isEqualTo("https://reg.example:5000/v2/");
      assertThat(api(endpoints, "10.0.0.1:5000")).isEqualTo("https://10.0.0.1:5000/v2/");
      assertThat(api(endpoints, "localhost.example")).isEqualTo("https://localhost.example/v2/");
    }
  }

  @Test
  @Tag("row-73")
  void dockerHubIsElsewhere() throws Exception {
    try (Endpoints endpoints = endpoints(Map.of())) {
      Endpoint hub = endpoints.of("docker.io");

      assertThat(hub.in(new Repository("docker.io", "library/alpine"), "manifests/3.19"))
          .hasToString("https://registry-1.docker.io/v2/library/alpine/manifests/3.19");
      assertThat(hub.host()).isEqualTo("registry-1.docker.io");
    }
  }

  @Test
  void plainHttpMustBeSaid() throws Exception {
    HostOptions plain = new HostOptions(Scheme.PLAIN_HTTP, null, List.of());

    try (Endpoints endpoints = endpoints(Map.of("reg.example:5000", plain))) {
      assertThat(api(endpoints, "reg.example:5000")).isEqualTo("http://reg.example:5000/v2/");
      assertThat(api(endpoints, "reg.example")).isEqualTo("https://reg.example/v2/");
    }
  }

  @Test
  void mirrorsAreHostsOrUrlsWithAPath() throws Exception {
    HostOptions hub =
        new HostOptions(
            Scheme.AUTO,
            null,
            List.of("mirror.example:5000", "http://plain.example/hub/", "cache.example/proxy"));

    try (Endpoints endpoints = endpoints(Map.of("docker.io", hub))) {
      assertThat(endpoints.mirrors("docker.io"))
          .extracting(endpoint -> endpoint.api().toString())
          .containsExactly(
              "https://mirror.example:5000/v2/",
              "http://plain.example/v2/hub/",
              "https://cache.example/v2/proxy/");
      assertThat(endpoints.mirrors("ghcr.io")).isEmpty();
    }
  }

  @Test
  void aHostHasOneEndpointAndSoOneSetOfLimits() throws Exception {
    try (Endpoints endpoints = endpoints(Map.of())) {
      assertThat(endpoints.of("ghcr.io")).isSameAs(endpoints.of("ghcr.io"));
    }
  }

  @Test
  void certificatesThatCannotBeUsedStopTheStart() {
    HostOptions host = new HostOptions(Scheme.AUTO, Path.of("/nonexistent/ca.pem"), List.of());

    assertThatExceptionOfType(NetworkException.class)
        .isThrownBy(() -> endpoints(Map.of("reg.example", host)).close())
        .withMessageContaining("/nonexistent/ca.pem");
  }

  private static Endpoints endpoints(Map<String, HostOptions> hosts) throws NetworkException {
    return new Endpoints(
        new RegistryOptions(hosts), NETWORK, new LoopbackScheme(new TurnedClock()));
  }

  private static String api(Endpoints endpoints, String domain) throws InterruptedException {
    return endpoints.of(domain).api().toString();
  }
}
