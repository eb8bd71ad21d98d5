package dev.imagebuilder.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.FakeProxy;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.Reply;
import dev.imagebuilder.testing.TlsFiles;
import dev.imagebuilder.testing.TlsFiles.Flaw;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real connections, as the environment says they are made. */
final class NetworkIT {
  private static final Answer FINE = Answer.of(Reply.of(200));

  @TempDir private static Path files;
  private static Path good = Path.of("/");
  private static Path other = Path.of("/");

  @BeforeAll
  static void makeCertificates() throws IOException {
    good = Files.createDirectory(files.resolve("good"));
    other = Files.createDirectory(files.resolve("other"));
    TlsFiles.make(good);
    TlsFiles.make(other, Flaw.OTHER_HOST);
  }

  @Test
  void anAuthorityOfAFileIsTrusted() throws Exception {
    Path authority = good.resolve(TlsFiles.AUTHORITY);

    assertThat(status(good, environment("SSL_CERT_FILE", authority))).isEqualTo(200);
    assertThat(status(good, Network.ofJdk().withCa(authority))).isEqualTo(200);
  }

  @Test
  void anAuthorityOfAFolderIsTrusted() throws Exception {
    Path folder = Files.createDirectory(files.resolve("authorities"));
    Files.copy(good.resolve(TlsFiles.AUTHORITY), folder.resolve("one.pem"));
    Files.writeString(folder.resolve("readme"), "nothing");

    assertThat(status(good, environment("SSL_CERT_DIR", folder))).isEqualTo(200);
  }

  @Test
  void anAuthorityOnTopCostsNoOther() throws Exception {
    Network both =
        environment("SSL_CERT_FILE", good.resolve(TlsFiles.AUTHORITY))
            .withCa(other.resolve(TlsFiles.AUTHORITY));

    assertThat(status(good, both)).isEqualTo(200);
  }

  @Test
  void anAuthorityThatNobodyNamedIsNotTrusted() {
    for (Network network :
        new Network[] {
          Network.ofJdk(), environment("SSL_CERT_FILE", other.resolve(TlsFiles.AUTHORITY))
        }) {
      assertThatIOException()
          .isThrownBy(() -> status(good, network))
          .withMessageContaining("PKIX path");
    }
  }

  @Test
  void aCertificateOfAnotherHostIsRefused() {
    assertThatIOException()
        .isThrownBy(
            () -> status(other, environment("SSL_CERT_FILE", other.resolve(TlsFiles.AUTHORITY))))
        .withMessageContaining("localhost");
  }

  @Test
  void anExpiredCertificateIsRefused() throws Exception {
    Path expired = Files.createDirectory(files.resolve("expired"));
    TlsFiles.make(expired, Flaw.EXPIRED);

    assertThatIOException()
        .isThrownBy(() ->
            status(expired, environment("SSL_CERT_FILE", expired.resolve(TlsFiles.AUTHORITY))))
        .withMessageContaining("validity");
  }

  @Test
  void tlsGoesThroughATunnelWhosePasswordTheServerDoesNotSee() throws Exception {
    try (FakeRegistry server = FakeRegistry.secure(other);
        FakeProxy proxy = FakeProxy.to(server.address().getPort())) {
      server.answer(FINE);
      Network network =
          Network.fromEnvironment(
              Map.of(
                  "SSL_CERT_FILE",
                  other.resolve(TlsFiles.AUTHORITY).toString(),
                  "HTTPS_PROXY",
                  "http://user:pass@" + proxy.address()));

      assertThat(get(network, "https://other.example/v2/")).isEqualTo(200);

      assertThat(proxy.heads()).hasSize(1);
      assertThat(proxy.heads().getFirst())
          .startsWith("CONNECT other.example:443 ")
          .contains("Proxy-Authorization: Basic dXNlcjpwYXNz");
      assertThat(server.requests()).hasSize(1);
      assertThat(server.requests().getFirst().headers()).doesNotContainKey("proxy-authorization");
    }
  }

  @Test
  void plainRequestsGoToTheirProxyWithTheirWholeUrl() throws Exception {
    try (FakeRegistry server = FakeRegistry.answering(FINE);
        FakeProxy proxy = FakeProxy.to(server.address().getPort())) {
      Network network =
          Network.fromEnvironment(
              Map.of("http_proxy", proxy.address(), "no_proxy", "direct.invalid,10.0.0.0/8"));

      assertThat(get(network, "http://reg.invalid:5000/v2/?a=b")).isEqualTo(200);

      assertThat(proxy.heads().getFirst()).startsWith("GET http://reg.invalid:5000/v2/?a=b ");
      assertThat(server.requests()).hasToString("[GET /v2/?a=b]");
      assertThatIOException().isThrownBy(() -> get(network, "http://direct.invalid/"));
      assertThat(proxy.heads()).hasSize(1);
    }
  }

  @Test
  void loopbackNeedsNoProxy() throws Exception {
    try (FakeRegistry server = FakeRegistry.answering(FINE);
        FakeProxy proxy = FakeProxy.to(server.address().getPort())) {
      Network network = Network.fromEnvironment(Map.of("HTTP_PROXY", proxy.address()));

      assertThat(get(network, server.address() + "/")).isEqualTo(200);

      assertThat(proxy.heads()).isEmpty();
    }
  }

  private static Network environment(String variable, Path value) {
    try {
      return Network.fromEnvironment(Map.of(variable, value.toString()));
    } catch (NetworkException e) {
      throw new AssertionError(e);
    }
  }

  private static int status(Path server, Network network) throws Exception {
    try (FakeRegistry registry = FakeRegistry.secure(server)) {
      registry.answer(FINE);
      return get(network, registry.address() + "/v2/");
    }
  }

  private static int get(Network network, String url) throws IOException, InterruptedException {
    try (HttpClient client = network.httpClient().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
      network
          .proxyAuthorization(URI.create(url))
          .ifPresent(login -> request.setHeader("Proxy-Authorization", login.reveal()));
      return client.send(request.build(), BodyHandlers.discarding()).statusCode();
    }
  }
}
