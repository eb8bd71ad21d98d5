package dev.imagebuilder.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildStep.State;
import dev.imagebuilder.proto.buildkit.control.StatusResponse;
import dev.imagebuilder.proto.buildkit.control.Vertex;
import dev.imagebuilder.proto.buildkit.control.VertexLog;
import dev.imagebuilder.proto.buildkit.control.VertexStatus;
import dev.imagebuilder.proto.buildkit.control.VertexWarning;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ProgressTest {
  private final Recorder recorder = new Recorder();
  private final Progress progress = new Progress(recorder);

  @Test
  void stepIsSaidOnceHoweverOftenTheDaemonSaysIt() {
    accept(vertex("a", "[2/3] RUN make"));
    accept(started("a", "[2/3] RUN make"));
    accept(started("a", "[2/3] RUN make"));
    accept(completed("a", "[2/3] RUN make"));
    accept(completed("a", "[2/3] RUN make"));

    assertThat(text()).isEqualTo("#1 [2/3] RUN make\n#1 DONE 2.5s\n");
    assertThat(recorder.events()).containsExactly(new BuildEvent.Building(2, 3, "RUN make"));
    assertThat(recorder.states("RUN make"))
        .containsExactly(new State.Started(), new State.Completed(Duration.ofMillis(2500)));
  }

  @Test
  void cachedStepNeverStarted() {
    accept(completed("a", "[app 2/3] RUN make").setCached(true));

    assertThat(text()).isEqualTo("#1 [app 2/3] RUN make\n#1 CACHED\n");
    assertThat(recorder.states("RUN make")).containsExactly(new State.Cached());
    assertThat(recorder.events()).containsExactly(new BuildEvent.Building(2, 3, "RUN make"));
  }

  @Test
  void stepThatWasLookedUpFirstBeginsAgain() {
    accept(completed("a", "load build context"));
    accept(started("a", "load build context"));
    accept(completed("a", "load build context"));

    assertThat(text()).isEqualTo("#1 load build context\n#1 DONE 5.0s\n");
    assertThat(recorder.states("load build context"))
        .hasSize(4)
        .endsWith(new State.Completed(Duration.ofSeconds(5)));
  }

  @Test
  void endComesOnceAndAfterTheLastWord() {
    accept(completed("a", "load build context"));
    done("a", "transferring context");
    accept(started("b", "[2/2] RUN make"));
    accept(started("a", "load build context"));
    accept(completed("a", "load build context"));

    assertThat(text())
        .isEqualTo(
            """
            #1 load build context
            #1 transferring context done
            #1 DONE 2.5s
            #2 [2/2] RUN make
            """);
  }

  @Test
  void endIsSaidAgainAfterMoreWasSaid() {
    accept(completed("a", "load build context"));
    accept(started("b", "[2/2] RUN make"));
    done("a", "transferring context");
    accept(started("a", "load build context"));
    accept(completed("a", "load build context"));

    assertThat(text()).endsWith("#1 transferring context done\n#1 DONE 5.0s\n");
  }

  @Test
  void failedStepSaysWhyAndIsKnownByName() {
    accept(completed("a", "[1/1] RUN x").setError("exit code: 3"));

    assertThat(text()).contains("#1 ERROR: exit code: 3\n");
    assertThat(progress.failed()).contains("[1/1] RUN x");
    assertThat(progress.name("a")).contains("[1/1] RUN x");
    assertThat(progress.name("b")).isEmpty();
  }

  @Test
  void outputOfStepsSideBySideStaysApart() {
    accept(started("a", "one"));
    accept(started("b", "two"));
    output("a", "begun ");
    output("b", "other\nrest");
    output("a", "ended\n");
    accept(completed("b", "two"));

    assertThat(text())
        .isEqualTo("#1 one\n#2 two\n#2 other\n#1 begun ended\n#2 rest\n#2 DONE 2.5s\n");
  }

  @Test
  void lineWithoutEndIsLetGo() {
    accept(started("a", "one"));
    output("a", "x".repeat(70_000));

    assertThat(text()).hasSizeGreaterThan(64 * 1024);
  }

  @Test
  void transfersAreCounted() {
    accept(started("a", "[1/2] FROM x"));
    var part =
        VertexStatus.newBuilder().setVertex("a").setID("sha256:1").setCurrent(5).setTotal(20_000);
    progress.accept(StatusResponse.newBuilder().addStatuses(part).build());
    progress.accept(
        StatusResponse.newBuilder()
            .addStatuses(part.setCurrent(20_000).setCompleted(time(3, 0)))
            .build());

    assertThat(recorder.states("FROM x"))
        .contains(
            new State.Transferred("sha256:1", 5, 20_000),
            new State.Transferred("sha256:1", 20_000, 20_000));
    assertThat(text()).contains("#1 sha256:1 20 kB done\n");
  }

  @Test
  void quietIsWhenNoStepRuns() {
    Duration never = Duration.ofMinutes(5);
    progress.awaitQuiet(never);
    accept(started("a", "one"));
    progress.awaitQuiet(Duration.ofMillis(1));
    accept(completed("a", "one"));
    progress.awaitQuiet(never);
    accept(started("b", "two"));
    progress.end();
    progress.awaitQuiet(never);

    assertThat(recorder.states("two")).containsExactly(new State.Started());
  }

  @Test
  void warningsAndTheExportAreSaid() {
    accept(started("e", "exporting to image"));
    progress.accept(
        StatusResponse.newBuilder()
            .addWarnings(
                VertexWarning.newBuilder()
                    .setVertex("x")
                    .setShort(ByteString.copyFromUtf8("JSONArgsRecommended")))
            .build());

    assertThat(recorder.events()).containsExactly(new BuildEvent.Pushing());
    assertThat(text()).contains("WARN: JSONArgsRecommended\n");
  }

  /** The log when the daemon has no more to say. */
  private String text() {
    progress.end();
    return recorder.text();
  }

  private void done(String digest, String part) {
    progress.accept(
        StatusResponse.newBuilder()
            .addStatuses(
                VertexStatus.newBuilder().setVertex(digest).setID(part).setCompleted(time(3, 0)))
            .build());
  }

  private void output(String digest, String text) {
    progress.accept(
        StatusResponse.newBuilder()
            .addLogs(
                VertexLog.newBuilder()
                    .setVertex(digest)
                    .setMsg(ByteString.copyFrom(text, StandardCharsets.UTF_8)))
            .build());
  }

  private void accept(Vertex.Builder vertex) {
    progress.accept(StatusResponse.newBuilder().addVertexes(vertex).build());
  }

  private static Vertex.Builder vertex(String digest, String name) {
    return Vertex.newBuilder().setDigest(digest).setName(name);
  }

  private static Vertex.Builder started(String digest, String name) {
    return vertex(digest, name).setStarted(time(1, 0));
  }

  private static Vertex.Builder completed(String digest, String name) {
    return started(digest, name).setCompleted(time(3, 500_000_000));
  }

  private static Timestamp time(long seconds, int nanos) {
    return Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos).build();
  }
}
