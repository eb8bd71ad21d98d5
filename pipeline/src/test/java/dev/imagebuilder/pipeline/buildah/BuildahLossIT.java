package dev.imagebuilder.pipeline.buildah;

import static dev.imagebuilder.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.Engine.DockerfileBuild;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.pipeline.Recorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is left when a build, or Buildah, ends before its time. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BuildahLossIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  private EngineHouse house;

  @BeforeAll
  void open() throws Exception {
    house = EngineHouse.open();
  }

  @AfterAll
  void close() throws Exception {
    if (house != null) {
      house.close();
    }
  }

  @Test
  void interruptEndsTheStepAndLeavesNothing() throws Exception {
    DockerfileBuild build = endless("10001");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> running = threads.submit(() -> house.engine.build(build, new Recorder()));
      eventually(SOON, () -> stepRuns("10001"));

      threads.shutdownNow();

      assertThatThrownBy(() -> running.get(60, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(InterruptedException.class);
    }
    assertNothingLeft(build, "10001");
  }

  @Test
  void killedBuildahIsALostEngineAndTheNextBuildWorks() throws Exception {
    DockerfileBuild build = endless("10002");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Failed> running = threads.submit(() -> house.failure(build));
      eventually(SOON, () -> stepRuns("10002"));

      processes("buildah --root " + house.folder.path()).forEach(ProcessHandle::destroyForcibly);

      Failed failed = running.get(60, TimeUnit.SECONDS);
      assertThat(failed.reason()).isEqualTo(FailureReason.ENGINE_LOST);
      assertThat(failed.text()).doesNotStartWith("build failed: ");
    }
    assertNothingLeft(build, "10002");
    house.engine.build(house.dockerfile("FROM BASE\nRUN echo again\n"), new Recorder());
  }

  @Test
  void stepThatReadsItsInputEndsAtOnce() throws Exception {
    house.engine.build(house.dockerfile("FROM BASE\nRUN cat; wc -c\n"), new Recorder());
  }

  private DockerfileBuild endless(String mark) throws IOException {
    return house.dockerfile("FROM BASE\nRUN echo on; sleep 999 & sleep " + mark + "\n");
  }

  private void assertNothingLeft(DockerfileBuild build, String mark) throws IOException {
    assertThat(stepRuns(mark)).isFalse();
    assertThat(processes(house.folder.path().toString())).isEmpty();
    assertThat(house.builds()).isEmptyDirectory();
    assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
        .doesNotContain(house.folder.path().toString());
    assertThat(cgroups(build.id().toString())).isEmpty();
    assertThat(workingContainers()).isEqualTo("[]");
  }

  /** What Buildah keeps of its working containers, whichever storage driver this machine has. */
  private String workingContainers() throws IOException {
    Path storage = house.folder.path().resolve("work/storage");
    for (String driver : List.of("overlay", "vfs")) {
      Path list = storage.resolve(driver + "-containers/containers.json");
      if (Files.exists(list)) {
        return Files.readString(list);
      }
    }
    throw new AssertionError("no list of containers in " + storage);
  }

  private static boolean stepRuns(String mark) {
    return !processes("sleep " + mark).isEmpty();
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

  private static List<Path> cgroups(String build) throws IOException {
    try (Stream<Path> all = Files.find(Path.of("/sys/fs/cgroup"), 3, (path, _) -> true)) {
      return all.filter(path -> path.endsWith(build)).toList();
    }
  }
}
