package dev.imagebuilder.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PrivateFolderTest {
  @TempDir private Path parent;

  @Test
  void onlyItsOwnerMayEnter() throws Exception {
    try (PrivateFolder folder = PrivateFolder.create(parent, "a")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void closingRemovesAllButWhatLinksNameElsewhere() throws Exception {
    Path kept = Files.writeString(parent.resolve("kept"), "kept");
    PrivateFolder folder = PrivateFolder.create(parent, "a");
    Files.createSymbolicLink(folder.path().resolve("link"), parent);
    Path closed = Files.createDirectories(folder.path().resolve("b/c"));
    Files.writeString(closed.resolve("file"), "x");
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));

    folder.close();

    assertThat(folder.path()).doesNotExist();
    assertThat(kept).exists();
  }

  @Test
  void lockedFolderIsNotGivenTwice() throws Exception {
    try (FolderLock _ = FolderLock.take(parent, "some.key")) {
      assertThatIOException()
          .isThrownBy(() -> FolderLock.take(parent, "some.key"))
          .withMessageContaining("another image-builder")
          .withMessageContaining("some.key");
    }

    FolderLock.take(parent, "some.key").close();
  }
}
