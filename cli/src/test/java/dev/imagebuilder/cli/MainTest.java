package dev.imagebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.server.config.ConfigSchema;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine command = Main.commandLine(args);
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(args);
  }

  @Test
  @Tag("row-122")
  void unknownCommandEndsWithOneAsInMk3() {
    assertThat(run("frobnicate")).isEqualTo(1);
    assertThat(err.toString()).contains("unknown command \"frobnicate\" for \"image-builder\"");
  }

  @Test
  void wrongArgumentsEndWithTwo() {
    assertThat(run("build")).isEqualTo(2);
    assertThat(run("list", "--nonsense")).isEqualTo(2);
    assertThat(run("build", "./folder")).isEqualTo(2);
    assertThat(run("build", "alpine", "--target", "x")).isEqualTo(2);
    assertThat(run("build", "alpine", "--timeout", "soon")).isEqualTo(2);
  }

  @Test
  void serviceThatDoesNotAnswerEndsWithThree() {
    assertThat(run("list", "--host", "localhost:1")).isEqualTo(3);
    assertThat(err.toString()).contains("localhost:1").contains("quickstart");
  }

  @Test
  void nothingAtAllShowsTheHelp() {
    assertThat(run()).isZero();
    assertThat(out.toString()).contains("Usage: image-builder").contains("quickstart");
  }

  @Test
  @Tag("row-122")
  void mk3sFlagsMayStandBeforeTheCommand() {
    assertThat(run("-v", "help")).isZero();
    assertThat(run("-j=false", "--verbose", "help", "run")).isZero();
  }

  @Test
  @Tag("row-122")
  void runWithoutConfigurationEndsWithOne() {
    assertThat(run("run")).isEqualTo(1);
    assertThat(err.toString()).contains("--config");
  }

  @Test
  @Tag("row-122")
  @Tag("row-124")
  void schemaIsPrintedWithoutALineEnd() {
    PrintStream console = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      assertThat(run("generate", "config")).isZero();
    } finally {
      System.setOut(console);
    }

    assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo(ConfigSchema.json());
    assertThat(ConfigSchema.json()).endsWith("}");
  }
}
