package dev.imagebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SourceTest {

  @Test
  void gitUrlHasAReferenceAndADirectory() throws Exception {
    assertThat(Source.parse("https://git.example/acme/app.git#v1:services/web"))
        .isEqualTo(new Source.Git("https://git.example/acme/app.git", "v1", "services/web"));
  }

  @Test
  void gitUrlAloneMeansTheDefaultBranch() throws Exception {
    assertThat(Source.parse("http://localhost:3000/app"))
        .isEqualTo(new Source.Git("http://localhost:3000/app", "", ""));
  }

  @Test
  void anythingElseThatIsAReferenceIsAnImage() throws Exception {
    assertThat(Source.parse("alpine:3.20")).isEqualTo(new Source.Image("alpine:3.20"));
  }

  @Test
  void passwordInAUrlIsRefusedWithoutRepeatingIt() {
    assertThatThrownBy(() -> Source.parse("https://me:hunter2@git.example/app"))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("--git-user")
        .hasMessageNotContaining("hunter2");
    assertThatThrownBy(() -> Source.parse("https://me:hunter 2@git.example/app"))
        .hasMessageNotContaining("hunter");
  }

  @Test
  void otherSchemesAreRefused() {
    for (String url : new String[] {"ssh://git.example/app", "file:///etc", "ext::sh://x"}) {
      assertThatThrownBy(() -> Source.parse(url))
          .isInstanceOfSatisfying(
              CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(CommandFailure.USAGE));
    }
    assertThatThrownBy(() -> Source.parse("git@git.example:acme/app.git"))
        .hasMessageContaining("https");
  }

  @Test
  void whatIsAFolderOrLooksLikeAPathIsADirectory(@TempDir Path folder) throws Exception {
    Path real = folder.toRealPath();
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);

    assertThat(Source.parse(folder.toString())).isEqualTo(new Source.Directory(real));
    assertThat(Source.parse(link.toString())).isEqualTo(new Source.Directory(real));
    assertThat(Source.parse(".")).isEqualTo(new Source.Directory(Path.of("").toRealPath()));
    assertThat(Source.parse("~"))
        .isEqualTo(new Source.Directory(Path.of(System.getProperty("user.home")).toRealPath()));
  }

  @Test
  void pathsThatAreNoFolderSayWhatIsTheMatter(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("Dockerfile"), "FROM a");

    assertThatThrownBy(() -> Source.parse("./nowhere")).hasMessageContaining("no directory");
    assertThatThrownBy(() -> Source.parse(file.toString())).hasMessageContaining("--file");
  }

  @Test
  void badReferenceSaysWhatASourceIs() {
    assertThatThrownBy(() -> Source.parse("Not An Image"))
        .hasMessageContaining("git URL")
        .hasMessageContaining("image reference");
  }
}
