package dev.imagebuilder.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

final class DiskFullTest {

  @Test
  void fileThatCouldNotBeWrittenIsFoundBehindOtherFailures() {
    var full = new FileSystemException("/work/file", null, "No space left on device");

    assertThat(DiskFull.isBehind(full)).isTrue();
    assertThat(DiskFull.isBehind(new IOException("receive files", full))).isTrue();
    assertThat(DiskFull.isBehind(new IllegalStateException(full))).isTrue();
    assertThat(DiskFull.isBehind(new IOException("Disk quota exceeded"))).isTrue();
  }

  @Test
  void disksOfOthersAreNotOurs() {
    assertThat(DiskFull.isBehind(new IOException("500 No space left on device (registry)")))
        .isFalse();
    assertThat(DiskFull.isBehind(new IllegalStateException("No space left on device"))).isFalse();
    assertThat(DiskFull.isBehind(new IOException())).isFalse();
  }
}
