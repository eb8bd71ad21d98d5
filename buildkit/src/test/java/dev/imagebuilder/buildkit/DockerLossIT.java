package dev.imagebuilder.buildkit;

import static dev.imagebuilder.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.Engine.DockerfileBuild;
import dev.imagebuilder.core.FailureReason;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is left when a build or its Docker Engine ends before its time. */
final class DockerLossIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  private DockerHouse house;

  /** Another one each time: tests of other checkouts may run beside this one. */
  private final String step = "sleep " + (20_000_000 + ProcessHandle.current().pid());

  @BeforeEach
  void open() throws Exception {
    house = DockerHouse.open();
  }

  @AfterEach
  void close() throws Exception {
    if (house != null) {
      house.close();
      assertThat(processes(house.daemon.folder().toString())).isEmpty();
      assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
          .doesNotContain(house.daemon.folder().toString());
      assertThat(house.daemon.folder()).doesNotExist();
    }
  }

  @Test
  void interruptEndsTheStep() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> running = threads.submit(() -> house.engine.build(endless(), new Recorder()));
      eventually(SOON, this::stepRuns);

      threads.shutdownNow();

      assertThatThrownBy(() -> running.get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(InterruptedException.class);
      assertThat(stepRuns()).isFalse();
    }
    assertThat(house.docker.imagesOf(DockerHouse.OWNER)).isEmpty();
    house.built(house.dockerfile("FROM BASE\nRUN echo again\n"), new Recorder());
  }

  @Test
  void killedEngineIsALostEngine() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Failed> running = threads.submit(() -> house.failure(endless()));
      eventually(SOON, this::stepRuns);

      house.daemon.process().destroyForcibly();

      Failed failed = running.get(30, TimeUnit.SECONDS);
      assertThat(failed.reason()).isEqualTo(FailureReason.ENGINE_LOST);
      assertThat(failed.text())
          .doesNotStartWith("build failed: ")
          .contains("Docker Engine", house.daemon.socket().toString());
    }
    // Docker does not tie its steps' lives to its own: it is not ours to do so.
    processes(step).forEach(ProcessHandle::destroyForcibly);
  }

  private DockerfileBuild endless() throws IOException {
    return house.dockerfile("FROM BASE\nRUN echo on; sleep 999 & " + step + "\n");
  }

  private boolean stepRuns() {
    return processes(step).stream().anyMatch(one -> line(one).startsWith("sleep "));
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
