package dev.imagebuilder.buildkit;

import static dev.imagebuilder.buildkit.BuildkitHouse.credentials;
import static dev.imagebuilder.buildkit.BuildkitHouse.forced;
import static dev.imagebuilder.buildkit.BuildkitHouse.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildStep.State;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.DockerfileWishes;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.DebianRegistry.Feature;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Builds with a real buildkitd, and pushes to a real registry that wants a password. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BuildkitEngineIT {
  private BuildkitHouse house;

  @BeforeAll
  void open() throws Exception {
    house = BuildkitHouse.open(Feature.PASSWORD);
  }

  @AfterAll
  void close() throws Exception {
    if (house != null) {
      house.close();
    }
  }

  @Test
  void saysWhoItIs() {
    assertThat(house.engine.describe()).contains("buildkitd ", "our own", " snapshots");
  }

  @Test
  void buildsPushesAndTellsHowItGoes() throws Exception {
    var recorder = new Recorder();
    var build = house.dockerfile("FROM BASE\nCOPY hello /\nRUN cat /hello; echo done >&2\n");

    Digest digest = house.built(build, recorder);

    assertThat(house.registry.client().digest("out", build.target().identifier())).contains(digest);
    assertThat(recorder.text()).contains(" hello from the context\n", " done\n", " DONE ");
    assertThat(recorder.events())
        .contains(new BuildEvent.Building(3, 3, "RUN cat /hello; echo done >&2"))
        .endsWith(new BuildEvent.Pushing());
    assertThat(recorder.states("RUN cat /hello; echo done >&2"))
        .hasSize(2)
        .startsWith(new State.Started())
        .last()
        .isInstanceOf(State.Completed.class);
    assertThat(recorder.states("load build context"))
        .anyMatch(state -> state instanceof State.Transferred(_, long done, _) && done > 0);
  }

  @Test
  void secondBuildIsCachedAndAForcedOneIsNot() throws Exception {
    var build = house.dockerfile("FROM BASE\nCOPY hello /\nRUN echo once > /cached\n");
    house.built(build);
    var second = new Recorder();
    var third = new Recorder();

    house.built(build, second);
    house.built(forced(build), third);

    assertThat(second.states("RUN echo once > /cached")).containsExactly(new State.Cached());
    assertThat(second.text()).contains(" CACHED\n");
    assertThat(third.states("RUN echo once > /cached"))
        .hasSize(2)
        .doesNotContain(new State.Cached());
  }

  @Test
  void changedFileOfTheSameSizeIsSeen() throws Exception {
    var first =
        house.context(Map.of("Dockerfile", "FROM BASE\nCOPY x /\nRUN cat /x\n", "x", "one"));
    var second =
        house.context(Map.of("Dockerfile", "FROM BASE\nCOPY x /\nRUN cat /x\n", "x", "two"));
    Files.setLastModifiedTime(
        second.dockerfile().resolveSibling("x"),
        Files.getLastModifiedTime(first.dockerfile().resolveSibling("x")));

    assertThat(house.built(first)).contains(" one\n");
    assertThat(house.built(second)).contains(" two\n");
  }

  @Test
  void passwordForPushingIsNotUsedToRead() throws Exception {
    var build = house.dockerfile("FROM BASE\nRUN true\n");

    var refused =
        house.failure(with(build, credentials(Credential.anonymous(), BuildkitHouse.LOGIN)));
    var unpushed =
        house.failure(with(build, credentials(BuildkitHouse.LOGIN, Credential.anonymous())));

    assertThat(refused.reason()).isEqualTo(FailureReason.REGISTRY_DENIED);
    assertThat(refused.text()).startsWith("build failed: resolve ").contains("base/busybox");
    assertThat(unpushed.reason()).isEqualTo(FailureReason.REGISTRY_DENIED);
    assertThat(unpushed.text()).startsWith("push " + build.target());
  }

  @Test
  void wishesAreFulfilled() throws Exception {
    var recorder = new Recorder();

    Digest digest = house.built(house.wishful(), recorder);

    assertThat(recorder.text()).contains(" you 11 characters\n").doesNotContain("very secret");
    assertThat(configuration(digest))
        .contains("\"a.label\":\"its value\"")
        .doesNotContain("very secret");
  }

  @Test
  void secretThatIsNoTextArrivesAsItIs() throws Exception {
    byte[] content = new byte[256];
    for (int value = 0; value < content.length; value++) {
      content[value] = (byte) value;
    }
    var wishes = DockerfileWishes.NONE.withSecrets(Map.of("key", Secret.of(content)));
    String step = "RUN --mount=type=secret,id=key busybox sha256sum /run/secrets/key\n";

    String log = house.built(with(house.dockerfile("FROM BASE\n" + step), wishes));

    assertThat(log).contains(" " + Digest.of(content).hex() + "  /run/secrets/key\n");
  }

  @Test
  void daemonOfOursRefusesOtherFrontendsToo() throws Exception {
    var failed = house.failure(house.dockerfile("# syntax=localhost:1/evil/frontend\nFROM BASE\n"));

    assertThat(failed.reason()).isEqualTo(FailureReason.DOCKERFILE_INVALID);
    assertThat(failed.text()).contains("localhost:1/evil/frontend", "not");
  }

  @Test
  void nothingSecretIsWithinAStepsReach() throws Exception {
    String log = house.built(house.curious());

    assertThat(log).doesNotContain(DebianRegistry.PASSWORD, DebianRegistry.USER);
    // The daemon puts it there; another test shows that nothing can be built with it.
    assertThat(log.lines().filter(line -> line.matches("#\\d+ /.*")))
        .allMatch(line -> line.endsWith(" /dev/otel-grpc.sock"));
  }

  @Test
  void stepsReachWhatTheNetworkAllows() throws Exception {
    var none =
        BuildkitEngine.open(
            BuildkitDaemon.at(house.daemon.address(), Optional.empty(), "configured"),
            StepNetwork.NONE,
            (_, _) -> {
              throw new AssertionError("no tokens here");
            });
    var without = new Recorder();
    var usual = new Recorder();

    try (none;
        ServerSocket service = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String text =
          "FROM BASE\nRUN busybox nc -w 2 127.0.0.1 %d < /dev/null && echo reached || echo apart\n"
              .formatted(service.getLocalPort());
      assertThat(none.describe()).endsWith("RUN steps without network");
      var _ = none.build(house.dockerfile(text), without);
      house.built(house.dockerfile(text), usual);
    }

    boolean isOwn = house.engine.describe().endsWith("in a network of their own");
    assertThat(without.text()).contains(" apart\n");
    assertThat(usual.text()).contains(isOwn ? " apart\n" : " reached\n");
  }

  @Test
  void socketThatStepsSeeTakesInTracesOnly() throws Exception {
    var traces = new BuildkitAddress.Unix(house.folder.path().resolve("work/run/otel.sock"));

    try (var loops = new EventLoops();
        var connection = BuildkitConnection.open(traces, Optional.empty(), loops)) {
      assertThatThrownBy(() -> connection.info(Duration.ofSeconds(10)))
          .isInstanceOf(BuildkitException.class)
          .hasMessageContaining("unknown service moby.buildkit.v1.Control");
    }
  }

  private String configuration(Digest digest) throws Exception {
    byte[] manifest = house.registry.client().manifest("out", digest.toString()).orElseThrow();
    String text = new String(manifest, StandardCharsets.UTF_8);
    int at = text.indexOf("sha256:", text.indexOf("\"config\""));
    Digest config = Digest.parse(text.substring(at, at + 71));
    return new String(
        house.registry.client().blob("out", config).orElseThrow(), StandardCharsets.UTF_8);
  }
}
