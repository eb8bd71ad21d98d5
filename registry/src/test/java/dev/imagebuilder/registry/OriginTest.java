package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

final class OriginTest {

  @Test
  void anOriginIsSchemeHostAndPort() {
    assertThat(of("https://Reg.IO/v2/")).isEqualTo(of("HTTPS://reg.io:443/other?x=y"));
    assertThat(of("http://reg.io/")).isEqualTo(of("http://reg.io:80"));
    assertThat(of("https://reg.io/")).isNotEqualTo(of("http://reg.io/"));
    assertThat(of("https://reg.io/")).isNotEqualTo(of("https://reg.io:5000/"));
    assertThat(of("https://reg.io/")).isNotEqualTo(of("https://reg.io.evil.example/"));
  }

  @Test
  void onlyWebAddressesAreTalkedTo() {
    assertThat(Origin.isWeb(URI.create("https://reg.io/x"))).isTrue();
    assertThat(Origin.isWeb(URI.create("http://[::1]:5000/x"))).isTrue();
    for (String other :
        new String[] {
          "file:///etc/passwd",
          "ftp://reg.io/",
          "https:///x",
          "https:x",
          "/x",
          "https://u:p@reg.io/"
        }) {
      assertThat(Origin.isWeb(URI.create(other))).as(other).isFalse();
    }
  }

  private static Origin of(String uri) {
    return Origin.of(URI.create(uri));
  }
}
