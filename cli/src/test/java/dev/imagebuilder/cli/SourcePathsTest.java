package dev.imagebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SourcePathsTest {
  @TempDir private Path folder;
  private Path app;
  private Path here;

  @BeforeEach
  void folders() throws IOException {
    app = Files.createDirectories(folder.resolve("app"));
    here = Files.createDirectories(folder.resolve("here"));
    Files.createDirectories(app.resolve("sub"));
  }

  private String name(String file) throws CommandFailure {
    return new SourcePaths(file, ".").in(app, here).dockerfileName();
  }

  @Test
  void dockerfileIsLookedForInTheDirectoryAndWhereTheUserIs() throws Exception {
    Files.writeString(app.resolve("sub/Dockerfile.app"), "FROM a");
    Files.writeString(here.resolve("Dockerfile.here"), "FROM a");
    Path elsewhere = Files.writeString(folder.resolve("Elsewhere"), "FROM a");

    assertThat(name("sub/Dockerfile.app")).isEqualTo("Dockerfile.app");
    assertThat(name("Dockerfile.here")).isEqualTo("Dockerfile.here");
    assertThat(name(elsewhere.toString())).isEqualTo("Elsewhere");
  }

  @Test
  void oneThatCouldBeEitherIsRefused() throws Exception {
    Files.writeString(app.resolve("Dockerfile.dev"), "FROM a");
    Files.writeString(here.resolve("Dockerfile.dev"), "FROM b");

    assertThatThrownBy(() -> name("Dockerfile.dev"))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("whole path");
  }

  @Test
  void usualOneIsNeverThatOfAnotherFolder() throws Exception {
    Files.writeString(here.resolve("Dockerfile"), "FROM a");

    assertThatThrownBy(() -> SourcePaths.DEFAULTS.in(app, here))
        .hasMessageContaining("no Dockerfile in " + app)
        .hasMessageContaining("--file");
  }

  @Test
  void contextMustBeAFolder() throws Exception {
    Files.writeString(app.resolve("Dockerfile"), "FROM a");

    assertThat(new SourcePaths(null, "sub").in(app, here).dockerfileName()).isEqualTo("Dockerfile");
    assertThatThrownBy(() -> new SourcePaths(null, "none").in(app, here))
        .hasMessageContaining("--context none");
    assertThatThrownBy(() -> new SourcePaths(null, "Dockerfile").in(app, here))
        .hasMessageContaining("no directory");
  }
}
