package dev.imagebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QuickstartPartsIT {

  @Test
  void secondOneTakesOtherPorts(@TempDir Path first, @TempDir Path second) throws Exception {
    try (QuickstartParts one = QuickstartParts.start(first);
        QuickstartParts other = QuickstartParts.start(second)) {
      assertThat(other.registryName()).startsWith("localhost:").isNotEqualTo(one.registryName());
      assertThat(other.git().url("x")).isNotEqualTo(one.git().url("x"));
    }
  }
}
