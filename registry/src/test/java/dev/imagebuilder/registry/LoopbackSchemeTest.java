package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class LoopbackSchemeTest {

  @Test
  void namesAndAddressesOfThisMachineAreLoopback() {
    assertThat(
            List.of(
                "localhost",
                "localhost:5000",
                "LOCALHOST:5000",
                "reg.localhost",
                "127.0.0.1:5000",
                "127.8.9.1",
                "[::1]:5000",
                "[::1]"))
        .allMatch(LoopbackScheme::isLoopback);
  }

  @Test
  void nothingElseIs() throws InterruptedException {
    List<String> others =
        List.of(
            "localhost.example",
            "notlocalhost",
            "127.0.0.1.example",
            "10.0.0.1:5000",
            "0.0.0.0:5000",
            "[::2]:5000",
            "ghcr.io");

    assertThat(others).noneMatch(LoopbackScheme::isLoopback);
    for (String other : others) {
      assertThat(new LoopbackScheme(new TurnedClock()).of(other)).isEqualTo("https");
    }
  }

  @Test
  void aPortThatIsNoneIsNoFaultHere() throws InterruptedException {
    assertThat(new LoopbackScheme(new TurnedClock()).of("localhost:99999")).isEqualTo("https");
    assertThat(new LoopbackScheme(new TurnedClock()).of("localhost:99999999999"))
        .isEqualTo("https");
    assertThat(new LoopbackScheme(new TurnedClock()).of("localhost:0")).isEqualTo("https");
  }
}
