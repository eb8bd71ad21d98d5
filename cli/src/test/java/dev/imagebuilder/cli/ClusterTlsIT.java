package dev.imagebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.testing.SecretServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against an API server that knows secrets, through a kube configuration. */
@Tag("row-143")
final class ClusterTlsIT {
  private @TempDir Path folder = Path.of("");
  private SecretServer cluster;

  @BeforeEach
  void start() throws IOException {
    cluster = SecretServer.start();
    System.setProperty("kubeconfig", cluster.kubeConfig(folder, "gitpod").toString());
  }

  @AfterEach
  void stop() {
    System.clearProperty("kubeconfig");
    cluster.close();
  }

  @Test
  void writesThreeFilesThatOnlyTheirOwnerReads() throws Exception {
    secret(Map.of("ca.crt", "authority", "tls.crt", "certificate", "tls.key", "key"));
    Path tls = folder.resolve("wsman-tls");

    new ClusterTls("ws-manager-mk2-client-tls", null).writeTo(tls);

    assertThat(tls.resolve("ca.crt")).hasContent("authority");
    assertThat(tls.resolve("tls.crt")).hasContent("certificate");
    assertThat(tls.resolve("tls.key")).hasContent("key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tls)))
        .isEqualTo("rwx------");
    for (String name : List.of("ca.crt", "tls.crt", "tls.key")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tls.resolve(name))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void replacesFilesThatOthersCouldRead() throws Exception {
    secret(Map.of("ca.crt", "authority", "tls.crt", "certificate", "tls.key", "new key"));
    Path tls = Files.createDirectory(folder.resolve("wsman-tls"));
    Files.writeString(tls.resolve("tls.key"), "old key");
    Files.setPosixFilePermissions(
        tls.resolve("tls.key"), PosixFilePermissions.fromString("rw-r--r--"));

    new ClusterTls("ws-manager-mk2-client-tls", "gitpod").writeTo(tls);

    assertThat(tls.resolve("tls.key")).hasContent("new key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tls.resolve("tls.key"))))
        .isEqualTo("rw-------");
  }

  @Test
  void secretWithoutAKeyWritesNothing() {
    secret(Map.of("ca.crt", "authority", "tls.crt", "certificate"));
    Path tls = folder.resolve("wsman-tls");

    assertThatThrownBy(() -> new ClusterTls("ws-manager-mk2-client-tls", null).writeTo(tls))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("has no tls.key");
    assertThat(tls).doesNotExist();
  }

  @Test
  void secretThatIsNotThereIsNamedWithItsNamespaceAndServer() {
    assertThatThrownBy(() -> new ClusterTls("other", "elsewhere").writeTo(folder.resolve("t")))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("secret other of namespace elsewhere from http://localhost:")
        .hasMessageContaining("--secretName");
  }

  @Test
  void clusterThatRefusesIsQuoted() {
    cluster.refuse("gitpod", "ws-manager-mk2-client-tls", "jane may not read secrets");

    assertThatThrownBy(
            () -> new ClusterTls("ws-manager-mk2-client-tls", null).writeTo(folder.resolve("t")))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("jane may not read secrets");
  }

  @Test
  void clusterThatIsNotThereIsSaid() {
    cluster.close();

    assertThatThrownBy(
            () -> new ClusterTls("ws-manager-mk2-client-tls", null).writeTo(folder.resolve("t")))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("is the kube context right?");
  }

  private void secret(Map<String, String> files) {
    cluster.put("gitpod", "ws-manager-mk2-client-tls", files);
  }
}
