package dev.imagebuilder.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
            "// syntax=evil/x:1\n",
            "{\"a\":1,\n \"syntax\" : \"evil/x:1\"}",
            "# syntax=evil/x:1 some arguments\n")) {
      assertThat(Frontend.asked(head)).as(head).contains("evil/x:1");
    }
  }

  @Test
  void onlyTheFirstLinesCount() {
    assertThat(Frontend.asked("FROM a\n# syntax=evil/x:1")).isEmpty();
    assertThat(Frontend.asked("\n# syntax=evil/x:1")).isEmpty();
    assertThat(Frontend.asked("# a comment\n# syntax=evil/x:1")).isEmpty();
    assertThat(Frontend.asked("")).isEmpty();
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
