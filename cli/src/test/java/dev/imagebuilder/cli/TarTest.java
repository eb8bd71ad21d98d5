package dev.imagebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class TarTest {

  @Test
  void namesComeBack() throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    try (TarWriter archive = new TarWriter(tar)) {
      archive.folder("bin/", 0755);
      archive.file("bin/tool", 0755, new byte[700]);
      archive.file("empty", 0644, new byte[0]);
      archive.link("bin/sh", "/bin/tool");
    }

    assertThat(tar.size() % 512).isZero();
    assertThat(TarNames.read(new ByteArrayInputStream(tar.toByteArray())))
        .containsExactlyInAnyOrder("bin", "bin/tool", "empty", "bin/sh");
  }
}
