package dev.imagebuilder.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.Peers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Looks into images with a tool that is not ours. */
final class Skopeo {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final int BLOCK = 512;
  private final Path program = Peers.require("skopeo", "apt-get install skopeo");
  private final Path folder;

  /** Works in the folder, which the caller removes. */
  Skopeo(Path folder) {
    this.folder = folder;
  }

  /** The digest that a reference names. */
  String digest(String reference) throws IOException, InterruptedException {
    return json(run("inspect", "--tls-verify=false", "--creds", login(), "docker://" + reference))
        .get("Digest")
        .asString();
  }

  /** The image's configuration. */
  JsonNode config(String reference) throws IOException, InterruptedException {
    return json(
        run(
            "inspect",
            "--config",
            "--tls-verify=false",
            "--creds",
            login(),
            "docker://" + reference));
  }

  /** All files of the image's layers by path, the later ones over the earlier. */
  Map<String, String> files(String reference) throws IOException, InterruptedException {
    Path copy = Files.createTempDirectory(folder, "copy");
    run(
        "copy",
        "--src-tls-verify=false",
        "--src-creds",
        login(),
        "docker://" + reference,
        "dir:" + copy);
    Map<String, String> files = new TreeMap<>();
    for (JsonNode layer : json(Files.readString(copy.resolve("manifest.json"))).get("layers")) {
      String hex = layer.get("digest").asString().substring("sha256:".length());
      try (InputStream tar = new GZIPInputStream(Files.newInputStream(copy.resolve(hex)))) {
        readTar(tar, files);
      }
    }
    return files;
  }

  private String run(String... args) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of(program.toString()));
    line.addAll(List.of(args));
    Program.Result result = Program.finish(new ProcessBuilder(line), folder, LIMIT);
    assertThat(result.code()).as(result.all()).isZero();
    return result.out();
  }

  private static String login() {
    return DebianRegistry.USER + ":" + DebianRegistry.PASSWORD;
  }

  private static JsonNode json(String text) {
    return new JsonMapper().readTree(text);
  }

  private static void readTar(InputStream tar, Map<String, String> files) throws IOException {
    while (true) {
      byte[] header = tar.readNBytes(BLOCK);
      if (header.length < BLOCK || header[0] == 0) {
        return;
      }
      String name = field(header, 0, 100);
      int size = Integer.parseInt(field(header, 124, 12).trim(), 8);
      byte[] content = tar.readNBytes(size);
      tar.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
      if (header[156] == '0') {
        files.put(name, new String(content, StandardCharsets.UTF_8));
      }
    }
  }

  private static String field(byte[] header, int from, int length) {
    String text = new String(header, from, length, StandardCharsets.UTF_8);
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }
}
