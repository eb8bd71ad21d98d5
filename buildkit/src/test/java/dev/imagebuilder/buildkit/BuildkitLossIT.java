package dev.imagebuilder.buildkit;

import static dev.imagebuilder.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.buildkit.daemon.DaemonTraces;
import dev.imagebuilder.buildkit.daemon.OwnBuildkitd;
import dev.imagebuilder.buildkit.daemon.OwnBuildkitdOptions;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.Engine.DockerfileBuild;
import dev.imagebuilder.core.FailureReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is left when a build, the daemon or the way to it ends before its time. */
final class BuildkitLossIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  private BuildkitHouse house;

  @BeforeEach
  void open() throws Exception {
    house = BuildkitHouse.open();
  }

  @AfterEach
  void close() throws Exception {
    if (house != null) {
      house.close();
      assertThat(processes(house.folder.path().toString())).isEmpty();
      assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
          .doesNotContain(house.folder.path().toString());
      assertThat(DaemonTraces.of(house.folder.path().resolve("work"))).isEmpty();
    }
  }

  @Test
  void interruptEndsTheStep() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> running =
          threads.submit(() -> house.engine.build(endless(mark(1)), new Recorder()));
      eventually(SOON, () -> stepRuns(mark(1)));

      threads.shutdownNow();

      assertThatThrownBy(() -> running.get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(InterruptedException.class);
      assertThat(stepRuns(mark(1))).isFalse();
    }
    house.built(house.dockerfile("FROM BASE\nRUN echo again\n"));
  }

  @Test
  void killedDaemonIsALostEngineAndIsStartedAgain() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Failed> running = threads.submit(() -> house.failure(endless(mark(2))));
      eventually(SOON, () -> stepRuns(mark(2)));

      daemons().forEach(ProcessHandle::destroyForcibly);

      Failed failed = running.get(30, TimeUnit.SECONDS);
      assertThat(failed.reason()).isEqualTo(FailureReason.ENGINE_LOST);
      assertThat(failed.text()).doesNotStartWith("build failed: ").contains("buildkitd");
      eventually(SOON, () -> !stepRuns(mark(2)));
    }
    house.built(house.dockerfile("FROM BASE\nRUN echo after\n"));
  }

  @Test
  void daemonKilledWithAllAroundItLeavesNothingWhenClosed() throws Exception {
    house.built(house.dockerfile("FROM BASE\nRUN echo once\n"));

    processes(house.folder.path() + "/work/buildkitd.toml").forEach(ProcessHandle::destroyForcibly);
    house.daemon.close();

    assertThat(DaemonTraces.of(house.folder.path().resolve("work"))).isEmpty();
  }

  @Test
  void stoppedEngineEndsItsDaemonAndSteps() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Failed> running = threads.submit(() -> house.failure(endless(mark(3))));
      eventually(SOON, () -> stepRuns(mark(3)));

      house.daemon.close();

      assertThat(running.get(30, TimeUnit.SECONDS).reason()).isEqualTo(FailureReason.ENGINE_LOST);
      eventually(SOON, () -> !stepRuns(mark(3)));
    }
  }

  @Test
  void daemonWhoseSocketVanishedIsNamed() throws Exception {
    BuildkitAddress.Unix address = (BuildkitAddress.Unix) house.daemon.address();
    var external =
        BuildkitEngine.open(
            BuildkitDaemon.at(address, Optional.empty(), "configured"),
            StepNetwork.AUTO,
            (_, _) -> {
              throw new AssertionError("no tokens here");
            });
    Files.delete(address.path());

    try (external) {
      assertThatThrownBy(() -> external.build(endless(mark(4)), new Recorder()))
          .hasMessageContaining(address.path().toString());
    }
  }

  @Test
  void folderWithALongNameIsNoHindrance() throws Exception {
    Path deep = house.folder.path().resolve("a".repeat(120));

    try (var daemon =
        OwnBuildkitd.find(OwnBuildkitdOptions.defaults(deep, System.getenv())).orElseThrow()) {
      assertThat(daemon.address().toString()).startsWith("unix:///run/image-builder-buildkitd-");
    }
    try (Stream<Path> run = Files.list(Path.of("/run"))) {
      assertThat(run.map(Path::toString)).doesNotContain("/run" + DaemonTraces.group(deep));
    }
  }

  @Test
  void stepThatReadsItsInputEndsAtOnce() throws Exception {
    house.built(house.dockerfile("FROM BASE\nRUN cat; wc -c\n"));
  }

  /** Other ones each time: tests of other checkouts may run beside this one. */
  private String mark(int number) {
    return (10_000_000 + ProcessHandle.current().pid() * 10 + number) + "";
  }

  private DockerfileBuild endless(String mark) throws IOException {
    return house.dockerfile("FROM BASE\nRUN echo on; sleep 999 & sleep " + mark + "\n");
  }

  private static boolean stepRuns(String mark) {
    return processes("sleep " + mark).stream().anyMatch(one -> line(one).startsWith("sleep "));
  }

  private List<ProcessHandle> daemons() {
    return processes(house.folder.path() + "/work/buildkitd.toml").stream()
        .filter(one -> one.info().command().orElse("").endsWith("/buildkitd"))
        .toList();
  }

  private static List<ProcessHandle> processes(String text) {
    return ProcessHandle.allProcesses().filter(process -> line(process).contains(text)).toList();
  }

  private static String line(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline")).replace('\0', ' ');
    } catch (IOException _) {
      return "";
    }
  }
}
