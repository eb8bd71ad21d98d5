package dev.imagebuilder.devregistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.Digest;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManifestTest {
  private static final Digest ONE = Digest.of(Http.utf8("one"));
  private static final Digest TWO = Digest.of(Http.utf8("two"));

  @Test
  void blobsAreTheConfigurationAndTheLayersOfTheRegistry() throws Refusal {
    String layers =
        "\"layers\":[{\"digest\":\"%s\"},{\"digest\":\"%s\",\"urls\":[\"http://x\"]}]"
            .formatted(TWO, ONE);

    Manifest manifest =
        Manifest.parse(Http.utf8(Http.image(ONE, "").replace("\"layers\":[]", layers)), Http.IMAGE);

    assertThat(manifest.blobs()).containsExactly(ONE, TWO);
    assertThat(manifest.artifactType()).isEqualTo("application/vnd.oci.image.config.v1+json");
  }

  @Test
  void ownMediaTypeWillDo() throws Refusal {
    assertThat(Manifest.parse(Http.utf8(Http.image(ONE, "")), "").mediaType())
        .isEqualTo(Http.IMAGE);
  }

  @Test
  void whatIsNoManifestIsRefused() {
    String image = Http.image(ONE, "");
    for (String text :
        List.of(
            "",
            "[]",
            "{",
            "{}",
            image + "x",
            image.replace("\"schemaVersion\":2", "\"schemaVersion\":1"),
            image.replace("sha256:", "sha256:0"),
            image.replace("\"layers\":[]", "\"layers\":{}"),
            image.replace(Http.IMAGE, "text/plain"),
            Http.image(ONE, ",\"layers\":[]"),
            Http.image(ONE, ",\"manifests\":[]"),
            Http.image(ONE, ",\"subject\":{\"digest\":\"x\"}"))) {
      assertThatThrownBy(() -> Manifest.parse(Http.utf8(text), Http.IMAGE))
          .as(text)
          .isInstanceOf(Refusal.class)
          .extracting(e -> ((Refusal) e).code())
          .isEqualTo(Refusal.Code.MANIFEST_INVALID);
    }
  }

  @Test
  void typeInTheBytesIsTheTypeItIsSentAs() {
    assertThatThrownBy(() -> Manifest.parse(Http.utf8(Http.image(ONE, "")), Manifest.OCI_INDEX))
        .hasMessageContaining("sent as " + Manifest.OCI_INDEX);
  }
}
