package dev.imagebuilder.buildkit.docker;

import dev.imagebuilder.buildkit.docker.DockerHttp.Request;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.ImageReference;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Speaks to a Docker Engine. Images are named by a reference or an id. Safe for any number of calls
 * at once.
 *
 * @see "Docker Engine API 1.41"
 */
public final class DockerApi {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

  /** Longer than any build may take: who waits for it has a limit of their own. */
  private static final Duration PUSH_LIMIT = Duration.ofHours(24);

  private static final int LARGEST_ANSWER = 16 << 20;

  private final DockerHttp http;

  /** An Engine at an address; nothing is asked yet. */
  public DockerApi(SocketAddress address) {
    this.http = new DockerHttp(address);
  }

  /**
   * An image as the Engine has it.
   *
   * @param id the digest of its configuration
   * @param names {@code name:tag}, as people write them
   * @param pushed {@code name@digest} of the manifests that it has gone out or come in with
   */
  public record Image(String id, List<String> names, List<String> pushed) {
    public Image {
      names = List.copyOf(names);
      pushed = List.copyOf(pushed);
    }
  }

  /** The Engine's version, such as {@code 20.10.24+dfsg1}. */
  public String version() throws IOException, DockerException, InterruptedException {
    return json("GET", "/version").path("Version").asString("");
  }

  /** An image; empty if there is none of the name. */
  public Optional<Image> image(String name)
      throws IOException, DockerException, InterruptedException {
    return http.call(
        request("GET", "/images/" + name + "/json"),
        (status, body) -> status == 404 ? Optional.empty() : Optional.of(image(ok(status, body))));
  }

  /** All images with a name in a repository of the Engine's. */
  public List<Image> imagesOf(String repository)
      throws IOException, DockerException, InterruptedException {
    String filters = "{\"reference\":[\"" + repository + "\"]}";
    List<Image> images = new ArrayList<>();
    String query = URLEncoder.encode(filters, StandardCharsets.UTF_8);
    json("GET", "/images/json?filters=" + query).forEach(node -> images.add(image(node)));
    return images;
  }

  /** Gives an image another name, which may have been another's. */
  public void tag(String image, ImageReference name)
      throws IOException, DockerException, InterruptedException {
    String query = "?repo=" + name.repository() + "&tag=" + name.identifier();
    json("POST", "/images/" + image + "/tag" + query);
  }

  /** Takes a name away, and with the last one the image; fine if there is none. */
  public void untag(String name) throws IOException, DockerException, InterruptedException {
    http.call(
        request("DELETE", "/images/" + name),
        (status, body) -> status == 404 ? Optional.empty() : Optional.of(ok(status, body)));
  }

  /**
   * Has an image pushed under its name.
   *
   * @param name with a tag
   * @param credential shown to the name's registry
   * @return the digest of the manifest at the registry
   * @throws DockerException if the registry did not take it
   */
  public Digest push(ImageReference name, Credential credential, PushListener listener)
      throws IOException, DockerException, InterruptedException {
    var request =
        new Request(
            "POST",
            "/images/" + name.repository() + "/push?tag=" + name.identifier(),
            List.of("X-Registry-Auth: " + DockerAuth.header(name.domain(), credential)),
            PUSH_LIMIT);
    return http.call(
        request,
        (status, body) -> {
          if (status != 200) {
            throw refused(status, body);
          }
          return PushAnswer.read(body, listener);
        });
  }

  private JsonNode json(String method, String path)
      throws IOException, DockerException, InterruptedException {
    return http.call(request(method, path), DockerApi::ok);
  }

  private static Request request(String method, String path) {
    return new Request(method, path, List.of(), ANSWER_LIMIT);
  }

  private static JsonNode ok(int status, InputStream body) throws IOException, DockerException {
    if (status >= 300) {
      throw refused(status, body);
    }
    return parse(body.readNBytes(LARGEST_ANSWER));
  }

  private static DockerException refused(int status, InputStream body) throws IOException {
    String said = parse(body.readNBytes(LARGEST_ANSWER)).path("message").asString("");
    return new DockerException(said.isEmpty() ? "status " + status : said);
  }

  private static JsonNode parse(byte[] bytes) throws IOException {
    try {
      return JsonMapper.shared().readTree(bytes);
    } catch (JacksonException e) {
      throw new IOException("an answer that is no JSON", e);
    }
  }

  private static Image image(JsonNode node) {
    return new Image(
        node.path("Id").asString(""),
        texts(node.path("RepoTags")),
        texts(node.path("RepoDigests")));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(node -> texts.add(node.asString("")));
    return texts;
  }
}
