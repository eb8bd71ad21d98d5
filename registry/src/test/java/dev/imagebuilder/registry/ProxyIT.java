package dev.imagebuilder.registry;

import static dev.imagebuilder.registry.Ours.NOBODY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.registry.HostOptions.Scheme;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.FakeProxy;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.Ports;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Registries behind an HTTP proxy. */
final class ProxyIT {
  private static final TestImage IMAGE = TestImages.oci("hello");
  private static final String NAME = "reg.invalid:5000/a:1";
  private static final HostOptions PLAIN = new HostOptions(Scheme.PLAIN_HTTP, null, List.of());

  @Test
  @Tag("row-82")
  void theProxysPasswordAndTheRegistrysDoNotMeet() throws Exception {
    try (FakeRegistry registry =
            FakeRegistry.answering(
                Answer.unauthorized("Basic realm=\"x\"")
                    .when(
                        request -> request.header("Authorization").isEmpty(),
                        Answer.serving(IMAGE)));
        FakeProxy proxy = FakeProxy.to(registry.address().getPort());
        Ours ours = through("http://proxy-user:proxy-pass@" + proxy.address())) {
      assertThat(ours.resolve(NAME, Ours.password("me", "secret")).digest())
          .contains(IMAGE.digest());

      assertThat(proxy.heads())
          .hasSize(3)
          .allMatch(
              head -> head.contains("Proxy-Authorization: Basic cHJveHktdXNlcjpwcm94eS1wYXNz"));
    }
  }

  @Test
  void aProxyThatIsDownIsNamed() throws Exception {
    int port = Ports.free();
    for (String proxy : List.of("127.0.0.1:" + port, "no-such-proxy.invalid:3128")) {
      try (Ours ours = through("http://user:geheim@" + proxy)) {
        var refused = ours.refusal(NAME, NOBODY);

        assertThat(refused.reason()).isEqualTo(Reason.TRANSPORT);
        assertThat(refused)
            .hasMessage(
                "resolve "
                    + NAME
                    + ": cannot connect to reg.invalid:5000: the proxy "
                    + proxy
                    + " cannot be reached");
      }
    }
  }

  private static Ours through(String proxy) throws Exception {
    Network network = Network.fromEnvironment(Map.of("HTTP_PROXY", proxy));
    return Ours.open(Map.of("reg.invalid:5000", PLAIN), network);
  }
}
