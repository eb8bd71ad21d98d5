package dev.imagebuilder.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.Authenticator.RequestorType;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ProxiesTest {

  @Test
  void eachSchemeHasItsOwnProxy() throws NetworkException {
    Proxies proxies =
        Proxies.fromEnvironment(
            Map.of("HTTP_PROXY", "http://plain.example:3128", "https_proxy", "secure.example"));

    assertThat(addressFor(proxies, "http://a.example/")).isEqualTo("plain.example:3128");
    assertThat(addressFor(proxies, "https://a.example/")).isEqualTo("secure.example:80");
  }

  @Test
  void upperCaseCountsBeforeLowerCase() throws NetworkException {
    Proxies proxies =
        Proxies.fromEnvironment(
            Map.of("HTTP_PROXY", "upper.example:1", "http_proxy", "lower.example:2"));

    assertThat(addressFor(proxies, "http://a.example/")).isEqualTo("upper.example:1");
  }

  @Test
  void exceptionsAreReachedDirectly() throws NetworkException {
    Proxies proxies =
        Proxies.fromEnvironment(
            Map.of("HTTPS_PROXY", "http://p.example:1", "no_proxy", "reg.example:5000"));

    assertThat(proxies.select(URI.create("https://reg.example:5000/")))
        .containsExactly(Proxy.NO_PROXY);
    assertThat(proxies.select(URI.create("https://localhost:5000/")))
        .containsExactly(Proxy.NO_PROXY);
    assertThat(addressFor(proxies, "https://reg.example/")).isEqualTo("p.example:1");
  }

  @Test
  void aPasswordIsForTheProxyOnly() throws NetworkException {
    Proxies proxies =
        Proxies.fromEnvironment(
            Map.of(
                "HTTPS_PROXY", "http://us%40er:p%3Ass@p.example:1", "NO_PROXY", "direct.example"));

    assertThat(proxies.authorization(URI.create("https://a.example/")).orElseThrow().reveal())
        .isEqualTo("Basic dXNAZXI6cDpzcw==");
    assertThat(proxies.authorization(URI.create("https://direct.example/"))).isEmpty();
    assertThat(proxies.authorization(URI.create("http://a.example/"))).isEmpty();
  }

  @Test
  void theAuthenticatorAnswersOurProxyOnly() throws Exception {
    Proxies proxies = Proxies.fromEnvironment(Map.of("HTTPS_PROXY", "http://u:p@p.example:1"));

    assertThat(asked(proxies, "p.example", 1, RequestorType.PROXY)).isEqualTo("u");
    assertThat(asked(proxies, "evil.example", 1, RequestorType.PROXY)).isNull();
    assertThat(asked(proxies, "p.example", 1, RequestorType.SERVER)).isNull();
  }

  @Test
  void faultsNameTheVariableAndNoPassword() {
    assertThatExceptionOfType(NetworkException.class)
        .isThrownBy(() -> Proxies.fromEnvironment(Map.of("HTTP_PROXY", "http://u:secret@ho st")))
        .withMessageStartingWith("HTTP_PROXY: not a URL")
        .satisfies(e -> assertThat(e).hasMessageNotContaining("secret"));
    assertThatExceptionOfType(NetworkException.class)
        .isThrownBy(() -> Proxies.fromEnvironment(Map.of("https_proxy", "socks5://p.example:1")))
        .withMessageContaining("socks5:// is not supported");
  }

  private static String addressFor(Proxies proxies, String url) {
    Proxy proxy = proxies.select(URI.create(url)).getFirst();
    InetSocketAddress address = (InetSocketAddress) proxy.address();
    return address.getHostString() + ":" + address.getPort();
  }

  private static @Nullable String asked(Proxies proxies, String host, int port, RequestorType type)
      throws Exception {
    var login =
        proxies
            .authenticator()
            .requestPasswordAuthenticationInstance(
                host, null, port, "http", "", "basic", URI.create("http://x/").toURL(), type);
    return login == null ? null : login.getUserName();
  }
}
