package dev.imagebuilder.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FrontendTest {
  @TempDir private Path folder;

  @Test
  void everyWayToAskForOneIsSeen() {
    for (String head :
        List.of(
            "# syntax=evil/x:1\nFROM a",
            "#syntax = evil/x:1  \r\nFROM a",
            "# escape=`\n# SYNTAX=evil/x:1\nFROM a",
            "#!/bin/x\n# syntax=evil/x:1",
            "\uFEFF# syntax=evil/x:1",
            "\uFEFF#!/bin/x\n#syntax=evil/x:1",
            "// syntax=evil/x:1\n",
            "{\"a\":1,\n \"syntax\" : \"evil/x:1\"}",
            "{\"synt\\u0061x\":\"evil\\/x:1\"}",
            "# syntax=evil/x:1 some arguments\n")) {
      assertThat(asked(head)).as(head).containsExactly("evil/x:1");
    }
  }

  @Test
  void noCharacterEndsALineThatDoesNotEndItForTheEngine() {
    for (String odd : List.of("\u00c5", "x\ry", "\u2028", "\u000b.", "\f.", "\u0000")) {
      assertThat(asked("# check=" + odd + "\n# syntax=evil/x:1\n"))
          .as("U+%04x", (int) odd.charAt(0))
          .contains("evil/x:1");
    }
  }

  @Test
  void noneIsOverlookedBehindMuchElse() {
    assertThat(asked("# a=b\n".repeat(100_000) + "# syntax=evil/x:1\n")).contains("evil/x:1");
    assertThat(asked("{\"a\":\"" + "b".repeat(200_000) + "\",\"syntax\":\"evil/x:1\"}"))
        .contains("evil/x:1");
    assertThat(asked("# a=x" + " ".repeat(1_000_000) + "y\n# syntax=evil/x:1\n"))
        .contains("evil/x:1");
  }

  @Test
  void bothOfTwoAreSeenSinceEnginesDiffer() {
    assertThat(asked("# syntax=docker/dockerfile:1\n# syntax=evil/x:1\nFROM a"))
        .containsExactly("docker/dockerfile:1", "evil/x:1");
    assertThat(asked("{\"syntax\":\"docker/dockerfile:1\",\"syntax\":\"evil/x:1\"}"))
        .containsExactly("JSON that cannot be read");
  }

  @Test
  void onlyTheFirstLinesCount() {
    assertThat(asked("FROM a\n# syntax=evil/x:1")).isEmpty();
    assertThat(asked("\n# syntax=evil/x:1")).isEmpty();
    assertThat(asked("# a comment\n# syntax=evil/x:1")).isEmpty();
    assertThat(asked("{\"a\":\"syntax\"}")).isEmpty();
    assertThat(asked("#!")).isEmpty();
    assertThat(asked("")).isEmpty();
  }

  private static List<String> asked(String dockerfile) {
    return Frontend.asked(dockerfile.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void dockersOwnIsAllowedInAnyVersionAndNoOther() throws Exception {
    assertThat(refused("docker/dockerfile:1.7-labs")).isFalse();
    assertThat(refused("docker.io/docker/dockerfile")).isFalse();
    assertThat(refused("evil.example/docker/dockerfile:1")).isTrue();
    assertThat(refused("docker/dockerfile-upstream:master")).isTrue();
    assertThat(refused("Not A Reference")).isTrue();
  }

  private boolean refused(String name) throws IOException {
    Path file = Files.writeString(folder.resolve("Dockerfile"), "# syntax=" + name + "\nFROM a\n");
    return Frontend.refused(file, PipelineOptions.defaults().frontends()).isPresent();
  }
}
