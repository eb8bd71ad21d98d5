package dev.imagebuilder.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NetworkTest {
  @TempDir private Path folder;

  @Test
  void aFileOfTheEnvironmentTakesTheBundlesPlace() throws Exception {
    Map<String, String> environment =
        Map.of("SSL_CERT_FILE", pem("one.pem").toString(), "SSL_CERT_DIR", folder.toString());

    assertThat(names(SystemCertificates.read(environment)))
        .containsExactly("CN=test-authority-one");
  }

  @Test
  void foldersAreReadFileByFile() throws Exception {
    Path second = Files.createDirectory(folder.resolve("second"));
    Files.copy(pem("two.pem"), second.resolve("whatever.name"));
    Files.createSymbolicLink(second.resolve("1234.0"), Path.of("whatever.name"));
    Files.writeString(
        second.resolve("broken"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----");
    Map<String, String> environment =
        Map.of(
            "SSL_CERT_FILE",
            pem("one.pem").toString(),
            "SSL_CERT_DIR",
            folder.resolve("absent") + ":" + second);

    assertThat(names(SystemCertificates.read(environment)))
        .containsExactlyInAnyOrder("CN=test-authority-one", "CN=test-authority-two");
  }

  @Test
  void theSystemsOwnAreFoundOrTheJdksCount() throws NetworkException {
    assertThat(Network.fromEnvironment(Map.of()).trust()).isNotNull();
  }

  @Test
  void theSystemsBundleIsReadWhole() throws Exception {
    Path bundle = Path.of("/etc/ssl/certs/ca-certificates.crt");
    Assumptions.assumeTrue(Files.exists(bundle), "only where there are ca-certificates");
    long certificates =
        Files.readAllLines(bundle).stream().filter(line -> line.contains("BEGIN CERT")).count();

    assertThat(SystemCertificates.read(Map.of("SSL_CERT_DIR", folder.toString())))
        .hasSize((int) certificates);
  }

  @Test
  void aFileThatIsNamedMustBeUsable() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "no certificate");
    Path broken =
        Files.writeString(
            folder.resolve("broken.pem"),
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

    assertFault(folder.resolve("absent.pem"), "no such file");
    assertFault(folder, "cannot be read");
    assertFault(empty, "no certificate in PEM form");
    assertFault(broken, "number 1 is broken");
  }

  @Test
  void furtherAuthoritiesComeOnTop() throws Exception {
    Network network = Network.ofJdk().withCa(pem("one.pem"));

    assertThatCode(() -> network.withCa(pem("two.pem"))).doesNotThrowAnyException();
    assertThat(network.trust()).isNotSameAs(Network.ofJdk().trust());
  }

  @Test
  void clientsFollowNoRedirects() {
    try (HttpClient client = Network.ofJdk().httpClient().build()) {
      assertThat(client.followRedirects()).isEqualTo(HttpClient.Redirect.NEVER);
      assertThat(client.connectTimeout()).isPresent();
      assertThat(client.authenticator()).isEmpty();
    }
  }

  private void assertFault(Path file, String why) {
    assertThatExceptionOfType(NetworkException.class)
        .isThrownBy(() -> Network.ofJdk().withCa(file))
        .withMessageStartingWith("certificates " + file)
        .withMessageContaining(why);
    assertThatExceptionOfType(NetworkException.class)
        .isThrownBy(() -> Network.fromEnvironment(Map.of("SSL_CERT_FILE", file.toString())))
        .withMessageContaining(why);
  }

  private static Set<String> names(Set<X509Certificate> certificates) {
    return certificates.stream()
        .map(certificate -> certificate.getSubjectX500Principal().getName())
        .collect(Collectors.toSet());
  }

  private Path pem(String name) throws IOException {
    Path copy = folder.resolve(name);
    if (!Files.exists(copy)) {
      try (InputStream in = NetworkTest.class.getResourceAsStream("/network/" + name)) {
        Files.copy(Objects.requireNonNull(in), copy);
      }
    }
    return copy;
  }
}
