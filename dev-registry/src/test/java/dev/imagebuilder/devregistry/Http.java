package dev.imagebuilder.devregistry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Digest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/** The requests of the tests. */
final class Http implements AutoCloseable {
  static final String IMAGE = "application/vnd.oci.image.manifest.v1+json";

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI base;

  Http(URI base) {
    this.base = base;
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    return send("GET", path, BodyPublishers.noBody(), headers);
  }

  HttpResponse<String> head(String path) throws Exception {
    return send("HEAD", path, BodyPublishers.noBody());
  }

  HttpResponse<String> delete(String path) throws Exception {
    return send("DELETE", path, BodyPublishers.noBody());
  }

  HttpResponse<String> post(String path, String body) throws Exception {
    return send("POST", path, BodyPublishers.ofString(body));
  }

  HttpResponse<String> patch(String path, String range, String body) throws Exception {
    return send("PATCH", path, BodyPublishers.ofString(body), "Content-Range", range);
  }

  HttpResponse<String> put(String path, String type, String body) throws Exception {
    return send("PUT", path, BodyPublishers.ofString(body), "Content-Type", type);
  }

  HttpResponse<String> send(String method, String path, BodyPublisher body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).method(method, body);
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** Begins an upload; gives where it is. */
  String begin(String repository) throws Exception {
    HttpResponse<String> response = post("/v2/" + repository + "/blobs/uploads/", "");
    assertThat(response.statusCode()).isEqualTo(202);
    return location(response);
  }

  Digest pushBlob(String repository, String content) throws Exception {
    Digest digest = Digest.of(utf8(content));
    assertThat(post("/v2/" + repository + "/blobs/uploads/?digest=" + digest, content).statusCode())
        .isEqualTo(201);
    return digest;
  }

  /** Pushes an image whose only blob is its configuration; gives its digest. */
  Digest pushImage(String repository, String tag, String config) throws Exception {
    String manifest = image(pushBlob(repository, config), "");
    assertThat(put("/v2/" + repository + "/manifests/" + tag, IMAGE, manifest).statusCode())
        .isEqualTo(201);
    return Digest.of(utf8(manifest));
  }

  /** An image manifest with further members, beginning with a comma. */
  static String image(Digest config, String more) {
    return "{\"schemaVersion\":2,\"mediaType\":\"%s\",".formatted(IMAGE)
        + "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\","
        + "\"digest\":\"%s\",\"size\":1},\"layers\":[]%s}".formatted(config, more);
  }

  static String location(HttpResponse<String> response) {
    return response.headers().firstValue("Location").orElseThrow();
  }

  static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.close();
  }
}
