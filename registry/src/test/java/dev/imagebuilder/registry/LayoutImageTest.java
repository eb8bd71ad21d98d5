package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.registry.Purpose.Subject;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import dev.imagebuilder.testing.TestImages.Format;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LayoutImageTest {
  private static final TestImage IMAGE = TestImages.oci("hello");

  @TempDir private Path folder;

  @Test
  void theOneImageIsRead() throws Exception {
    LayoutImage layout = layout(IMAGE);

    Manifest root = layout.root();

    assertThat(root.bytes()).isEqualTo(IMAGE.manifest());
    assertThat(root.mediaType()).isEqualTo(IMAGE.mediaType());
    for (Descriptor blob : root.blobs()) {
      try (InputStream in = layout.blob(blob).opener().open()) {
        assertThat(in.readAllBytes()).isEqualTo(IMAGE.blobs().get(blob.digest()));
      }
    }
    assertThat(layout.repository()).isEmpty();
  }

  @Test
  void anIndexLeadsToItsImages() throws Exception {
    TestImage index = TestImages.index(Format.OCI, "hello");
    LayoutImage layout = layout(index);

    for (Descriptor entry : layout.root().entries()) {
      assertThat(layout.manifest(entry.digest()).isImage()).isTrue();
    }
  }

  @Test
  void whatIsNotThereIsNamed() throws Exception {
    assertBroken(new LayoutImage(folder.resolve("none"), purpose()), "index.json cannot be read");

    LayoutImage layout = layout(IMAGE);
    Files.delete(file(IMAGE.digest()));
    assertBroken(layout, IMAGE.digest().hex() + " cannot be read");
  }

  @Test
  void anotherNumberOfImagesIsRefused() throws Exception {
    LayoutImage layout = layout(IMAGE);

    Files.writeString(folder.resolve("index.json"), "{\"manifests\":[]}");

    assertBroken(layout, "lists 0 images instead of one");
    Files.writeString(folder.resolve("index.json"), "nothing");
    assertBroken(layout, "its index.json not JSON");
  }

  @Test
  void contentThatIsNotItsDigestIsRefused() throws Exception {
    LayoutImage layout = layout(IMAGE);
    Descriptor config = layout.root().blobs().getFirst();

    Files.writeString(file(config.digest()), "x".repeat((int) config.size()));
    Files.writeString(file(IMAGE.digest()), "{}");

    assertBroken(layout, "hashes to");
    assertThatExceptionOfType(Content.Broken.class)
        .isThrownBy(() -> {
          try (InputStream in = layout.blob(config).opener().open()) {
            in.readAllBytes();
          }
        })
        .withMessageContaining("hashes to");
  }

  private static void assertBroken(LayoutImage layout, String why) {
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(layout::root)
        .withMessageStartingWith("push reg.io/a:1: the image layout that was built is broken: ")
        .withMessageContaining(why)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.OTHER));
  }

  private LayoutImage layout(TestImage image) throws IOException {
    return new LayoutImage(image.writeLayout(folder), purpose());
  }

  private Path file(Digest digest) {
    return folder.resolve("blobs/sha256").resolve(digest.hex());
  }

  private static Purpose purpose() {
    return new Purpose("push reg.io/a:1", new Repository("reg.io", "a"), Subject.MANIFEST);
  }
}
