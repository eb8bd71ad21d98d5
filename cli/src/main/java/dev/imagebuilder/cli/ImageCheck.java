package dev.imagebuilder.cli;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.ImageReference;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads an image back from the dev registry, byte by byte, without the code that pushed it: every
 * digest is computed anew, every layer unpacked.
 *
 * @param layers how many it has
 * @param bytes of the manifest, the configuration and all layers
 * @param label the label of the example
 * @param files names in all layers, also of those that a later layer removes
 */
record ImageCheck(int layers, long bytes, String label, Set<String> files) {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String DOCKER_MANIFEST =
      "application/vnd.docker.distribution.manifest.v2+json";
  private static final String LABEL = "dev.imagebuilder.example";

  ImageCheck {
    files = Set.copyOf(files);
  }

  /**
   * Reads the image.
   *
   * @throws CommandFailure if something of it is missing or is not what its digest says
   */
  static ImageCheck read(URI registry, String reference)
      throws CommandFailure, IOException, InterruptedException {
    ImageReference image = ImageReference.parse(reference);
    URI root = registry.resolve("/v2/" + image.repository().path() + "/");
    try (HttpClient http = HttpClient.newHttpClient()) {
      Reader reader = new Reader(http, root);
      byte[] manifest = reader.manifest(image.identifier());
      JsonNode parsed = JsonMapper.shared().readTree(manifest);
      byte[] config = reader.blob(parsed.path("config"));
      long bytes = (long) manifest.length + config.length;
      Set<String> files = new TreeSet<>();
      for (JsonNode layer : parsed.path("layers")) {
        byte[] content = reader.blob(layer);
        bytes += content.length;
        files.addAll(names(content));
      }
      JsonNode labels = JsonMapper.shared().readTree(config).path("config").path("Labels");
      return new ImageCheck(
          parsed.path("layers").size(), bytes, labels.path(LABEL).asString(""), files);
    }
  }

  private static Set<String> names(byte[] layer) throws IOException {
    boolean isGzip = layer.length > 2 && layer[0] == 0x1f && (layer[1] & 0xff) == 0x8b;
    InputStream raw = new ByteArrayInputStream(layer);
    try (InputStream tar = isGzip ? new GZIPInputStream(raw) : raw) {
      return TarNames.read(tar);
    }
  }

  private record Reader(HttpClient http, URI root) {

    byte[] manifest(String identifier) throws CommandFailure, IOException, InterruptedException {
      HttpResponse<byte[]> answer = get("manifests/" + identifier);
      String said = answer.headers().firstValue("Docker-Content-Digest").orElse("");
      check(said, answer.body());
      return answer.body();
    }

    byte[] blob(JsonNode descriptor) throws CommandFailure, IOException, InterruptedException {
      String digest = descriptor.path("digest").asString("");
      byte[] content = get("blobs/" + digest).body();
      check(digest, content);
      return content;
    }

    private HttpResponse<byte[]> get(String path)
        throws CommandFailure, IOException, InterruptedException {
      HttpRequest request =
          HttpRequest.newBuilder(root.resolve(path))
              .timeout(LIMIT)
              .header("Accept", MANIFEST + ", " + DOCKER_MANIFEST)
              .build();
      HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        throw CommandFailure.failed(
            "verify: GET " + request.uri() + ": status " + answer.statusCode());
      }
      return answer;
    }

    private static void check(String digest, byte[] content) throws CommandFailure {
      if (!Digest.of(content).toString().equals(digest)) {
        throw CommandFailure.failed(
            "verify: content of " + digest + " hashes to " + Digest.of(content));
      }
    }
  }
}
