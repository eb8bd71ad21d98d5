package dev.imagebuilder.cli.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.BuildInfo.State;
import dev.imagebuilder.proto.v1.Outcome;
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

  private static BuildInfo.Builder build(State state) {
    return BuildInfo.newBuilder()
        .setId("id-1")
        .setState(state)
        .setRef("reg.example/ws:1")
        .setEngine("local: buildah 1.28.2 (/usr/bin/buildah)");
  }

  @Test
  void whatTheOutputEndsWithIsNotSaidTwice() {
    output.log("make: no rule\nbuild failed: make\n");
    output.ended(failed("build failed: make"));

    assertThat(lines.toString(UTF_8))
        .isEqualTo("make: no rule\nbuild failed: make\n[   0.0s] failed\n");
  }

  private static BuildInfo failed(String text) {
    return build(State.FAILED).setOutcome(Outcome.newBuilder().setText(text)).build();
  }

  @Test
  void onlyTheReferenceGoesToTheResult() {
    output.build(build(State.PREPARING).setActivity("fetching the source").build());
    output.build(build(State.BUILDING).setActivity("building step 1 of 2: RUN make").build());
    output.log("a step");
    output.ended(build(State.SUCCEEDED).setSteps(2).setCachedSteps(1).build());

    assertThat(result.toString(UTF_8)).isEqualTo("reg.example/ws:1\n");
    assertThat(lines.toString(UTF_8))
        .isEqualTo(
            """
            [   0.0s] build id-1 makes reg.example/ws:1, with local: buildah 1.28.2
            [   0.0s] fetching the source
            a step
            [   0.0s] done: 2 steps, 1 cached
            """);
  }

  @Test
  void whatWasSaidIsNotSaidAgain() {
    BuildInfo queued = build(State.QUEUED).setActivity("queued, position 1").build();

    output.build(queued);
    output.build(queued);

    assertThat(lines.toString(UTF_8)).containsOnlyOnce("queued, position 1");
  }

  @Test
  void imageThatIsThereSaysSo() {
    output.ended(BuildInfo.newBuilder().setState(State.PRESENT).setRef("reg.example/ws:1").build());

    assertThat(lines.toString(UTF_8)).contains("already there, nothing to build");
    assertThat(result.toString(UTF_8)).isEqualTo("reg.example/ws:1\n");
  }

  @Test
  void failureShowsItsTextAndNoReference() {
    output.ended(failed("build failed: \u001b[31mno Dockerfile"));

    assertThat(result.toString(UTF_8)).isEmpty();
    assertThat(lines.toString(UTF_8)).endsWith("] build failed: no Dockerfile\n");
  }
}
