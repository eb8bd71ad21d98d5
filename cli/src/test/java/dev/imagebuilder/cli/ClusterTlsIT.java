package dev.imagebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against an API server that knows secrets, through a kube configuration. */
@Tag("row-143")
final class ClusterTlsIT {
  private static final String PATH = "/api/v1/namespaces/gitpod/secrets/ws-manager-mk2-client-tls";

  private final Map<String, String> objects = new ConcurrentHashMap<>();
  private @TempDir Path folder = Path.of("");
  private @Nullable HttpServer server;

  @BeforeEach
  void start() throws IOException {
    HttpServer api =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    api.createContext("/", this::answer);
    api.start();
    server = api;
    Path config = folder.resolve("kubeconfig");
    Files.writeString(config, kubeConfig(api.getAddress().getPort()));
    System.setProperty("kubeconfig", config.toString());
  }

  @AfterEach
  void stop() {
    System.clearProperty("kubeconfig");
    if (server != null) {
      server.stop(0);
    }
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
    objects.put(PATH, "403");

    assertThatThrownBy(
            () -> new ClusterTls("ws-manager-mk2-client-tls", null).writeTo(folder.resolve("t")))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("jane may not read secrets");
  }

  @Test
  void clusterThatIsNotThereIsSaid() {
    if (server != null) {
      server.stop(0);
    }
    assertThatThrownBy(
            () -> new ClusterTls("ws-manager-mk2-client-tls", null).writeTo(folder.resolve("t")))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("is the kube context right?");
  }

  private void secret(Map<String, String> files) {
    String data =
        files.entrySet().stream()
            .map(file ->
                "\"%s\": \"%s\""
                    .formatted(
                        file.getKey(),
                        Base64.getEncoder()
                            .encodeToString(file.getValue().getBytes(StandardCharsets.UTF_8))))
            .collect(Collectors.joining(", "));
    objects.put(
        PATH,
        """
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "ws-manager-mk2-client-tls"},
         "data": {%s}}
        """
            .formatted(data));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String found = objects.getOrDefault(exchange.getRequestURI().getPath(), "404");
    if (found.length() > 3) {
      send(exchange, 200, found);
    } else {
      String reason = found.equals("403") ? "jane may not read secrets" : "not found";
      send(
          exchange,
          Integer.parseInt(found),
          """
          {"apiVersion": "v1", "kind": "Status", "status": "Failure", "message": "%s", "code": %s}
          """
              .formatted(reason, found));
    }
  }

  private static void send(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static String kubeConfig(int port) {
    return """
    apiVersion: v1
    kind: Config
    current-context: test
    contexts:
    - name: test
      context: {cluster: test, namespace: gitpod, user: jane}
    clusters:
    - name: test
      cluster: {server: "http://localhost:%d"}
    users:
    - name: jane
      user: {token: not-a-secret}
    """
        .formatted(port);
  }
}
