package dev.imagebuilder.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** As much of a Kubernetes API server as it takes to read secrets. */
public final class SecretServer implements AutoCloseable {
  private static final Reply NOT_FOUND = status(404, "not found");

  private final Map<String, Reply> replies = new ConcurrentHashMap<>();
  private final FakeRegistry http;

  private SecretServer() throws IOException {
    this.http = FakeRegistry.answering(request -> replies.getOrDefault(request.path(), NOT_FOUND));
  }

  /** Starts one that has no secrets. */
  public static SecretServer start() throws IOException {
    return new SecretServer();
  }

  /** Has the secret from now on: texts by the names of their files. */
  public void put(String namespace, String name, Map<String, String> files) {
    String data =
        files.entrySet().stream()
            .map(file -> "\"" + file.getKey() + "\": \"" + base64(file.getValue()) + "\"")
            .collect(Collectors.joining(", "));
    replies.put(
        path(namespace, name),
        json(
            200,
            """
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "%s"}, "data": {%s}}
            """
                .formatted(name, data)));
  }

  /** From now on says 403 and why to who asks for the secret. */
  public void refuse(String namespace, String name, String why) {
    replies.put(path(namespace, name), status(403, why));
  }

  /** Writes a kube configuration that leads here, with a context of this namespace. */
  public Path kubeConfig(Path folder, String namespace) throws IOException {
    return Files.writeString(
        folder.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: here
        contexts:
        - name: here
          context: {cluster: here, namespace: %s, user: jane}
        clusters:
        - name: here
          cluster: {server: "%s"}
        users:
        - name: jane
          user: {token: not-a-secret}
        """
            .formatted(namespace, http.address()));
  }

  @Override
  public void close() {
    http.close();
  }

  private static String path(String namespace, String name) {
    return "/api/v1/namespaces/" + namespace + "/secrets/" + name;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Reply status(int code, String message) {
    return json(
        code,
        """
        {"apiVersion": "v1", "kind": "Status", "status": "Failure", "message": "%s", "code": %d}
        """
            .formatted(message, code));
  }

  private static Reply json(int status, String json) {
    return Reply.of(status, "application/json", json.getBytes(StandardCharsets.UTF_8));
  }
}
