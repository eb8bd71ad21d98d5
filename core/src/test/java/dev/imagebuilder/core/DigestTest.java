package dev.imagebuilder.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DigestTest {
  private static final String EMPTY =
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  @Test
  void contentIsHashedBySha256() {
    assertThat(Digest.of(new byte[0])).hasToString(EMPTY);
  }

  @Test
  void bothAlgorithmsAreReadAndWritten() {
    String sha512 = "sha512:" + "ab".repeat(64);

    assertThat(Digest.parse(EMPTY)).hasToString(EMPTY);
    assertThat(Digest.parse(sha512)).hasToString(sha512);
    assertThat(Digest.parse(sha512).algorithm()).isEqualTo(Digest.Algorithm.SHA512);
  }

  @Test
  void aHashInTheMakingGivesTheSameDigest() {
    byte[] content = "x".getBytes(StandardCharsets.UTF_8);
    byte[] hash = Digest.Algorithm.SHA256.hasher().digest(content);

    assertThat(Digest.of(Digest.Algorithm.SHA256, hash)).isEqualTo(Digest.of(content));
  }

  @Test
  void whatIsNoDigestIsRefused() {
    List<String> refused =
        List.of(
            "",
            "sha256",
            "sha256:",
            "sha256:12",
            "sha256:" + "A".repeat(64),
            "sha256:" + "a".repeat(65),
            "sha512:" + "a".repeat(64),
            "md5:" + "a".repeat(32),
            "SHA256:" + "a".repeat(64),
            EMPTY + "\n",
            " " + EMPTY);

    for (String text : refused) {
      assertThatIllegalArgumentException().as(text).isThrownBy(() -> Digest.parse(text));
    }
  }
}
