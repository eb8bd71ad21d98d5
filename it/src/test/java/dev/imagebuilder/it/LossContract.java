package dev.imagebuilder.it;

import static dev.imagebuilder.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildStatus;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.GitRepositories;
import dev.imagebuilder.testing.TestImages;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Parts that are killed in the middle of a step, with any engine. */
abstract class LossContract {
  private static final Duration SOON = Duration.ofSeconds(30);

  /** Another one each time: tests of other checkouts may run beside this one. */
  private final String step =
      "sleep " + ThreadLocalRandom.current().nextInt(10_000_000, 100_000_000);

  private final String engine;
  private final String program;
  private Installation installation;
  private GitRepositories git;
  private Iterator<BuildResponse> stream;

  /**
   * Describes the engine.
   *
   * @param engine as the configuration names it
   * @param program whose processes are the engine's
   */
  LossContract(String engine, String program) {
    this.engine = engine;
    this.program = program;
  }

  @BeforeEach
  void startABuildThatIsInItsStep() throws IOException {
    installation = Installation.startWithEngine(engine);
    git = GitRepositories.open();
    installation
        .registry()
        .client()
        .withBasic(DebianRegistry.USER, DebianRegistry.PASSWORD)
        .push("busybox", "1", TestImages.busybox());
    String base = installation.registry().domain() + "/busybox:1";
    git.commit("app", Map.of("Dockerfile", "FROM " + base + "\nRUN " + step + "\n"));
    stream = installation.api().build(Requests.build(Requests.branch(git.url("app"), "main")));
    assertThat(stream.next().getStatus()).isEqualTo(BuildStatus.running);
    eventually(SOON, () -> assertThat(step()).isNotEmpty());
  }

  @AfterEach
  void stop() throws IOException {
    installation.close();
    git.close();
    assertThat(engines()).isEmpty();
  }

  @Test
  void killedServiceLeavesNothingRunningAndCleansUpWhenItStartsAgain() throws Exception {
    installation.process().destroyForcibly().waitFor(10, TimeUnit.SECONDS);

    assertThatThrownBy(() -> Watched.rest(stream)).isInstanceOf(StatusRuntimeException.class);
    eventually(SOON, () -> assertThat(step()).isEmpty());
    installation.startAgain();
    assertThat(mountsBelow(installation.workFolder())).isEmpty();
    assertThat(installation.folders("builds")).isEmpty();
  }

  @Test
  void killedEngineEndsTheBuildAtOnceAsAFaultOfTheSystem() {
    engines().forEach(ProcessHandle::destroyForcibly);

    Watched watched = Watched.rest(stream);

    assertThat(watched.last().getStatus()).isEqualTo(BuildStatus.done_failure);
    assertThat(watched.last().getMessage()).doesNotStartWith("build failed: ").contains(program);
    eventually(SOON, () -> assertThat(step()).isEmpty());
  }

  @Test
  void stoppedServiceEndsItsBuildsAndStreamsWithinItsGrace() throws Exception {
    installation.process().destroy();

    assertThatThrownBy(() -> Watched.rest(stream).last().getStatus().getNumber())
        .isInstanceOf(StatusRuntimeException.class);
    assertThat(installation.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(installation.process().exitValue()).isZero();
    assertThat(step()).isEmpty();
  }

  private List<String> step() {
    return Installation.processesNaming(step);
  }

  private List<ProcessHandle> engines() {
    String folder = installation.workFolder().toString();
    return Installation.processesNaming(program).stream()
        .filter(line -> line.contains(folder) && !line.contains("java"))
        .map(line -> Long.parseLong(line.substring(0, line.indexOf(' '))))
        .flatMap(pid -> ProcessHandle.of(pid).stream())
        .toList();
  }

  private static List<String> mountsBelow(Path folder) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
        .filter(line -> line.contains(folder.toString()))
        .toList();
  }
}
