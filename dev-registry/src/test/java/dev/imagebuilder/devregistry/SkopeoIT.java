package dev.imagebuilder.devregistry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SkopeoIT {
  private static final String CONFIG =
      "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}";

  @TempDir Path temp;
  private DevRegistry registry;

  @BeforeEach
  void start() throws IOException {
    registry = DevRegistry.start(DevRegistryOptions.onLoopback(temp.resolve("registry"), 0));
  }

  @AfterEach
  void close() throws IOException {
    registry.close();
  }

  @Test
  void imageComesBackAsItWent() throws Exception {
    Digest manifest = ociLayout(temp.resolve("layout"));

    skopeo("copy", "--dest-tls-verify=false", "oci:layout:latest", docker("some/app:v1"));
    skopeo("copy", "--src-tls-verify=false", docker("some/app:v1"), "dir:back");

    assertThat(Digest.of(Files.readAllBytes(temp.resolve("back/manifest.json"))))
        .isEqualTo(manifest);
    assertThat(skopeo("list-tags", "--tls-verify=false", docker("some/app"))).contains("\"v1\"");
  }

  @Test
  void imageIsCopiedWithinTheRegistryAndDeleted() throws Exception {
    Digest manifest = ociLayout(temp.resolve("layout"));
    skopeo("copy", "--dest-tls-verify=false", "oci:layout:latest", docker("one:v1"));

    skopeo(
        "copy",
        "--all",
        "--src-tls-verify=false",
        "--dest-tls-verify=false",
        docker("one:v1"),
        docker("two:v1"));
    skopeo("delete", "--tls-verify=false", docker("one:v1"));

    assertThat(skopeo("inspect", "--tls-verify=false", docker("two:v1")))
        .contains(manifest.toString());
    assertThat(skopeo("list-tags", "--tls-verify=false", docker("one"))).doesNotContain("v1");
  }

  @Test
  void dockerFormatIsKept() throws Exception {
    ociLayout(temp.resolve("layout"));

    skopeo(
        "copy", "--format=v2s2", "--dest-tls-verify=false", "oci:layout:latest", docker("app:d"));

    assertThat(skopeo("inspect", "--raw", "--tls-verify=false", docker("app:d")))
        .contains("application/vnd.docker.distribution.manifest.v2+json");
  }

  private String docker(String image) {
    return "docker://" + registry.domain() + "/" + image;
  }

  /** Writes an OCI layout with an image of one layer of 3 MiB; gives the manifest's digest. */
  private static Digest ociLayout(Path folder) throws IOException {
    byte[] layer = gzippedNoise();
    String image =
        Http.image(Digest.of(Http.utf8(CONFIG)), "")
            .replace("\"size\":1", "\"size\":" + CONFIG.length())
            .replace(
                "\"layers\":[]",
                "\"layers\":[{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\","
                    + "\"digest\":\"%s\",\"size\":%d}]".formatted(Digest.of(layer), layer.length));
    Path blobs = Files.createDirectories(folder.resolve("blobs/sha256"));
    for (byte[] blob : List.of(layer, Http.utf8(CONFIG), Http.utf8(image))) {
      Files.write(blobs.resolve(Digest.of(blob).hex()), blob);
    }
    Digest manifest = Digest.of(Http.utf8(image));
    Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.writeString(
        folder.resolve("index.json"),
        "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d,"
                .formatted(Http.IMAGE, manifest, image.length())
            + "\"annotations\":{\"org.opencontainers.image.ref.name\":\"latest\"}}]}");
    return manifest;
  }

  private static byte[] gzippedNoise() throws IOException {
    byte[] noise = new byte[3 << 20];
    new Random(1).nextBytes(noise);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(noise);
    }
    return bytes.toByteArray();
  }

  /** Runs skopeo in the temporary folder; gives what it printed. */
  private String skopeo(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("skopeo", "--insecure-policy"));
    command.addAll(List.of(arguments));
    Path log = Files.createTempFile(temp, "skopeo", ".log");
    Process process =
        start(
            new ProcessBuilder(command)
                .directory(temp.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile()));
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    String printed = Files.readString(log);
    assertThat(process.exitValue()).as(printed).isZero();
    return printed;
  }

  private static Process start(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      if ("true".equals(System.getenv("CI"))) {
        throw new UncheckedIOException(e);
      }
      return Assumptions.abort("skopeo is missing: apt-get install skopeo");
    }
  }
}
