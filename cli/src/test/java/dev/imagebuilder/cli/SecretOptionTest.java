package dev.imagebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretOptionTest {

  @Test
  void fileOrVariableOrTheVariableOfItsName() throws Exception {
    assertThat(SecretOption.parse("id=a,src=/f")).isEqualTo(new SecretOption("a", "/f", ""));
    assertThat(SecretOption.parse("type=file,id=a,source=f"))
        .isEqualTo(new SecretOption("a", "f", ""));
    assertThat(SecretOption.parse("id=a,env=B")).isEqualTo(new SecretOption("a", "", "B"));
    assertThat(SecretOption.parse("id=A")).isEqualTo(new SecretOption("A", "", "A"));
  }

  @Test
  void malformedOnesSayHowItIsDone() {
    for (String text : new String[] {"", "a", "src=f", "id=a,src=f,env=B", "id=a,what=b"}) {
      assertThatThrownBy(() -> SecretOption.parse(text))
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining("id=ID");
    }
  }

  @Test
  void contentComesFromWhereItSays(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("f"), "from file");

    assertThat(SecretOption.parse("id=a,src=" + file).content(Map.of()).toStringUtf8())
        .isEqualTo("from file");
    assertThat(SecretOption.parse("id=A").content(Map.of("A", "from env")).toStringUtf8())
        .isEqualTo("from env");
  }

  @Test
  void whatIsNotThereIsSaidByItsName(@TempDir Path folder) {
    assertThatThrownBy(() -> SecretOption.parse("id=A").content(Map.of()))
        .hasMessageContaining("variable A is not set");
    assertThatThrownBy(
            () -> SecretOption.parse("id=a,src=" + folder.resolve("none")).content(Map.of()))
        .hasMessageContaining("there is no file");
  }

  @Test
  void longerThanBuildkitTakesIsRefused(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("f"), new byte[500 * 1024 + 1]);

    assertThatThrownBy(() -> SecretOption.parse("id=a,src=" + file).content(Map.of()))
        .hasMessageContaining("500 KiB");
  }
}
