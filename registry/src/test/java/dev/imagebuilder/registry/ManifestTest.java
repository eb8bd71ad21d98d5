package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.registry.Manifest.Malformed;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import dev.imagebuilder.testing.TestImages.Format;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class ManifestTest {
  private static final Platform ARM = Platform.parse("linux/arm64/v8");
  private static final String DIGEST = "sha256:" + "0f".repeat(32);

  @Test
  void bytesAreKeptAsTheyCame() throws Malformed {
    for (TestImage image : new TestImage[] {TestImages.oci("a"), TestImages.docker("a")}) {
      Manifest manifest = of(image);

      assertThat(manifest.bytes()).isEqualTo(image.manifest());
      assertThat(manifest.size()).isEqualTo(image.manifest().length);
      assertThat(manifest.mediaType()).isEqualTo(image.mediaType());
      assertThat(manifest.isImage()).isTrue();
      assertThat(manifest.isIndex()).isFalse();
      assertThat(manifest.blobs())
          .extracting(Descriptor::digest)
          .containsExactlyElementsOf(image.blobs().keySet());
    }
  }

  @Test
  @Tag("row-74")
  void thePlatformsEntryOfAnIndexIsFound() throws Malformed {
    for (Format format : Format.values()) {
      TestImage index = TestImages.index(format, "hello");
      Manifest manifest = of(index);

      assertThat(manifest.isIndex()).isTrue();
      assertThat(manifest.isImage()).isFalse();
      assertThat(manifest.entries()).hasSize(3);
      assertThat(manifest.entryFor(Platform.LINUX_AMD64))
          .contains(index.children().get(0).digest());
      assertThat(manifest.entryFor(ARM)).contains(index.children().get(1).digest());
      assertThat(manifest.entryFor(Platform.parse("linux/arm64")))
          .contains(index.children().get(1).digest());
      assertThat(manifest.entryFor(Platform.parse("windows/amd64"))).isEmpty();
    }
  }

  @Test
  @Tag("row-76")
  void entriesWithoutAPlatformArePassedOver() throws Malformed {
    TestImage bare = TestImages.bareIndex(Format.OCI, TestImages.oci("a"));

    assertThat(of(bare).entryFor(Platform.LINUX_AMD64)).isEmpty();
  }

  @Test
  void theFirstOfTwoEntriesOfAPlatformCounts() throws Malformed {
    String entry =
        "{\"digest\":\"sha256:%s\",\"size\":1,"
            + "\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}}";
    Manifest index =
        parse(
            "{\"manifests\":[%s,%s]}"
                .formatted(entry.formatted("1".repeat(64)), entry.formatted("2".repeat(64))));

    assertThat(index.entryFor(Platform.LINUX_AMD64))
        .contains(Digest.parse("sha256:" + "1".repeat(64)));
  }

  @Test
  void theTypeIsTheServersOrTheManifestsOrThatOfItsStructure() throws Malformed {
    assertThat(parse("{}", MediaTypes.DOCKER_IMAGE).mediaType()).isEqualTo(MediaTypes.DOCKER_IMAGE);
    assertThat(parse("{\"mediaType\":\"x/y\"}", "application/json").mediaType()).isEqualTo("x/y");
    assertThat(parse("{\"manifests\":[]}").mediaType()).isEqualTo(MediaTypes.OCI_INDEX);
    assertThat(parse("{\"config\":{}}").mediaType()).isEqualTo(MediaTypes.OCI_IMAGE);
  }

  /** CVE-2021-41190. */
  @Test
  void whatIsTwoThingsAtOnceIsRefused() {
    String image = new String(TestImages.oci("a").manifest(), StandardCharsets.UTF_8);

    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(() -> parse(image, MediaTypes.OCI_INDEX).mediaType())
        .withMessageContaining("says it is another type");
    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(() -> parse("{\"manifests\":[],\"layers\":[]}").isIndex())
        .withMessageContaining("an index and an image at once");
  }

  @Test
  void badDescriptorsAreNamed() {
    for (String bad :
        new String[] {
          "{\"digest\":\"sha256:short\",\"size\":1}",
          "{\"digest\":\"md5:%s\",\"size\":1}".formatted("0".repeat(32)),
          "{\"digest\":\"%s\",\"size\":-1}".formatted(DIGEST),
          "{\"digest\":\"%s\"}".formatted(DIGEST),
          "{\"digest\":\"../../etc/passwd\",\"size\":1}",
          "{}",
          "7"
        }) {
      assertThatExceptionOfType(Malformed.class)
          .as(bad)
          .isThrownBy(() -> parse("{\"config\":" + bad + "}").blobs())
          .withMessageStartingWith("has a bad descriptor");
    }
  }

  @Test
  void whatIsNoManifestSaysSo() {
    for (String text : new String[] {"", "nothing", "[]", "7", "{\"a\":", "[".repeat(100_000)}) {
      assertThatExceptionOfType(Malformed.class)
          .isThrownBy(() -> parse(text).isIndex())
          .satisfies(e -> assertThat(e.getMessage()).startsWith("not "));
    }
  }

  @Test
  void schemaOneIsNotSupported() {
    Manifest old = parse("{\"schemaVersion\":1,\"fsLayers\":[],\"history\":[]}");

    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(old::blobs)
        .withMessageContaining("schema 1 is not supported");
  }

  @Test
  void foreignLayersAreKnown() {
    Digest digest = Digest.parse(DIGEST);

    assertThat(
            new Descriptor(digest, 1, "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip")
                .isForeign())
        .isTrue();
    assertThat(
            new Descriptor(
                    digest, 1, "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip")
                .isForeign())
        .isTrue();
    assertThat(new Descriptor(digest, 1, "application/vnd.oci.image.layer.v1.tar").isForeign())
        .isFalse();
  }

  private static Manifest of(TestImage image) {
    return new Manifest(image.manifest(), image.mediaType(), image.digest());
  }

  private static Manifest parse(String json) {
    return parse(json, "");
  }

  private static Manifest parse(String json, String mediaType) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return new Manifest(bytes, mediaType, Digest.of(bytes));
  }
}
