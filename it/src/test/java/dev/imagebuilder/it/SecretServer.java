package dev.imagebuilder.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.StringJoiner;

/** As much of a Kubernetes API server as it takes to read one secret. */
final class SecretServer implements AutoCloseable {
  private final HttpServer http;
  private final String path;
  private final byte[] secret;

  private SecretServer(HttpServer http, String path, String secret) {
    this.http = http;
    this.path = path;
    this.secret = secret.getBytes(StandardCharsets.UTF_8);
    http.createContext("/", this::answer);
    http.start();
  }

  /** Starts one whose secret has the contents of files. */
  static SecretServer start(String namespace, String name, Map<String, Path> files)
      throws IOException {
    StringJoiner data = new StringJoiner(", ");
    for (Map.Entry<String, Path> file : files.entrySet()) {
      String content = Base64.getEncoder().encodeToString(Files.readAllBytes(file.getValue()));
      data.add("\"" + file.getKey() + "\": \"" + content + "\"");
    }
    return new SecretServer(
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0),
        "/api/v1/namespaces/" + namespace + "/secrets/" + name,
        """
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "%s"}, "data": {%s}}
        """
            .formatted(name, data));
  }

  /** Writes a kube configuration that leads here. */
  Path kubeConfig(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("kubeconfig"),
        """
        {"apiVersion": "v1", "kind": "Config", "current-context": "here",
         "contexts": [{"name": "here", "context": {"cluster": "here", "user": "jane"}}],
         "clusters": [{"name": "here", "cluster": {"server": "http://localhost:%d"}}],
         "users": [{"name": "jane", "user": {"token": "none"}}]}
        """
            .formatted(http.getAddress().getPort()));
  }

  @Override
  public void close() {
    http.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean isSecret = exchange.getRequestURI().getPath().equals(path);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(isSecret ? 200 : 404, isSecret ? secret.length : -1);
      if (isSecret) {
        exchange.getResponseBody().write(secret);
      }
    }
  }
}
