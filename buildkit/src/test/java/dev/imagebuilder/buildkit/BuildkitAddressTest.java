package dev.imagebuilder.buildkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class BuildkitAddressTest {

  @Test
  void socketsAndPortsAreRead() {
    assertThat(BuildkitAddress.parse("unix:///run/b.sock"))
        .isEqualTo(new BuildkitAddress.Unix(Path.of("/run/b.sock")))
        .hasToString("unix:///run/b.sock");
    assertThat(BuildkitAddress.parse("tcp://host.example:1234"))
        .isEqualTo(new BuildkitAddress.Tcp("host.example", 1234))
        .hasToString("tcp://host.example:1234");
    assertThat(BuildkitAddress.parse("tcp://[::1]:1234"))
        .isEqualTo(new BuildkitAddress.Tcp("[::1]", 1234));
  }

  @Test
  void othersAreRefused() {
    for (String text :
        new String[] {
          "", "unix://relative", "tcp://host", "tcp://:1", "tcp://h:99999", "ssh://h"
        }) {
      assertThatThrownBy(() -> BuildkitAddress.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("unix:///path or tcp://host:port");
    }
  }

  @Test
  void versionsAreCompared() {
    assertThat(BuildkitVersion.parse("0.12.4").orElseThrow())
        .isLessThan(BuildkitVersion.OLDEST_SAFE);
    assertThat(BuildkitVersion.parse("v0.34.2-rc1").orElseThrow())
        .isGreaterThan(BuildkitVersion.OLDEST_SAFE);
    assertThat(BuildkitVersion.parse("0.0.0+unknown").orElseThrow().isRelease()).isFalse();
    assertThat(BuildkitVersion.parse("20.10")).isEmpty();
  }
}
