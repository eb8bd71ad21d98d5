package dev.imagebuilder.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.proto.v1.BuildInfo;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class WordsTest {

  @Test
  void bytesHaveThreeDigitsOrSo() {
    assertThat(Words.bytes(0)).isEqualTo("0 B");
    assertThat(Words.bytes(999)).isEqualTo("999 B");
    assertThat(Words.bytes(1000)).isEqualTo("1.00 kB");
    assertThat(Words.bytes(12_345)).isEqualTo("12.3 kB");
    assertThat(Words.bytes(999_999)).isEqualTo("1.00 MB");
    assertThat(Words.bytes(300_000_000_000L)).isEqualTo("300.0 GB");
  }

  @Test
  void timesAreShort() {
    assertThat(Words.time(Duration.ofMillis(-5))).isEqualTo("0.0s");
    assertThat(Words.time(Duration.ofMillis(59_900))).isEqualTo("59.9s");
    assertThat(Words.time(Duration.ofSeconds(62))).isEqualTo("1m02s");
    assertThat(Words.time(Duration.ofMinutes(125))).isEqualTo("2h05m");
  }

  @Test
  void agesAreShorter() {
    assertThat(Words.age(Duration.ofSeconds(-3))).isEqualTo("0s");
    assertThat(Words.age(Duration.ofSeconds(119))).isEqualTo("1m");
    assertThat(Words.age(Duration.ofMinutes(125))).isEqualTo("2h05m");
    assertThat(Words.age(Duration.ofHours(50))).isEqualTo("2d");
  }

  @Test
  void engineIsCalledByItsNameAlone() {
    assertThat(engine("local: buildah 1.28.2 (/usr/bin/buildah) with runc"))
        .isEqualTo("local: buildah 1.28.2");
    assertThat(engine("buildkitd 0.34.2 at unix:///run/x.sock, overlayfs"))
        .isEqualTo("buildkitd 0.34.2");
  }

  private static String engine(String description) {
    return Words.engine(BuildInfo.newBuilder().setEngine(description).build());
  }
}
