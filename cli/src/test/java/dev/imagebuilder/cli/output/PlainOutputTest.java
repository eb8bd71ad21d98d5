package dev.imagebuilder.cli.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.proto.builder.BuildInfo;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildStatus;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

final class PlainOutputTest {
  private final ByteArrayOutputStream result = new ByteArrayOutputStream();
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private final PlainOutput output =
      new PlainOutput(
          new PrintStream(result, true, UTF_8),
          new PrintStream(lines, true, UTF_8),
          InstantSource.fixed(Instant.EPOCH));

  private static BuildResponse response(BuildStatus status, String message) {
    return BuildResponse.newBuilder()
        .setStatus(status)
        .setRef("reg.example/ws:1")
        .setMessage(message)
        .setInfo(BuildInfo.newBuilder().setBuildId("id-1"))
        .build();
  }

  @Test
  void onlyTheReferenceGoesToTheResult() {
    output.running(response(BuildStatus.running, ""));
    output.log("a step");
    output.ended(response(BuildStatus.done_success, ""));

    assertThat(result.toString(UTF_8)).isEqualTo("reg.example/ws:1\n");
    assertThat(lines.toString(UTF_8))
        .isEqualTo("[   0.0s] build id-1 makes reg.example/ws:1\na step\n[   0.0s] done\n");
  }

  @Test
  void imageThatIsThereSaysSo() {
    output.ended(response(BuildStatus.done_success, ""));

    assertThat(lines.toString(UTF_8)).contains("already there, nothing to build");
  }

  @Test
  void failureShowsItsTextAndNoReference() {
    output.running(response(BuildStatus.running, ""));
    output.ended(response(BuildStatus.done_failure, "build failed: \u001b[31mno Dockerfile"));

    assertThat(result.toString(UTF_8)).isEmpty();
    assertThat(lines.toString(UTF_8)).endsWith("] build failed: no Dockerfile\n");
  }
}
