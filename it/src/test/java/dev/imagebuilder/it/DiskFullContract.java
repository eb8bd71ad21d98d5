package dev.imagebuilder.it;

import static dev.imagebuilder.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.TemporaryFolder;
import dev.imagebuilder.testing.TestImages;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A working folder on a small disk, with any engine that keeps its files there. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DiskFullContract {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final long TOO_LARGE = 3_000_000_000L;

  private final String name;
  private TemporaryFolder folder;
  private Path disk;
  private boolean isMounted;
  private Installation installation;
  private String base;

  /** Names the engine as the configuration does. */
  DiskFullContract(String name) {
    this.name = name;
  }

  @BeforeAll
  void install() throws Exception {
    folder = TemporaryFolder.named("disk-full");
    disk = Files.createDirectory(folder.path().resolve("disk"));
    requireEngine();
    // The service wants 1 GiB to begin with.
    int status = run("mount", "-t", "tmpfs", "-o", "size=1400m", "disk-full", disk.toString());
    Assumptions.assumeTrue(status == 0, "this machine lets nobody mount a small disk");
    isMounted = true;
    installation =
        Installation.startWith(
            name,
            Map.of("local", Map.of("workDir", disk.resolve("work").toString())),
            startEngine(disk));
    installation
        .registry()
        .client()
        .withBasic(DebianRegistry.USER, DebianRegistry.PASSWORD)
        .push("busybox", "1", TestImages.busybox());
    base = installation.registry().domain() + "/busybox:1";
  }

  /** Skips where the engine is not installed; before anything is mounted for it. */
  void requireEngine() {}

  /**
   * Starts what has to run besides the service, with its files on the disk.
   *
   * @return what the service needs to find it
   */
  Map<String, String> startEngine(Path disk) throws IOException {
    return Map.of();
  }

  /** How long the engine may take to give the disk's space back. */
  Duration untilItIsFree() {
    return SOON;
  }

  /** Ends what was started; removes its files. */
  void stopEngine() throws IOException {}

  @AfterAll
  void uninstall() throws Exception {
    if (installation != null) {
      installation.close();
    }
    stopEngine();
    if (isMounted) {
      assertThat(run("umount", disk.toString())).isZero();
    }
    folder.close();
  }

  @Test
  void contextThatDoesNotFitIsTheSystemsFaultAndGoesAway() throws Exception {
    Path directory = directory("COPY . /c\n");
    try (var large = new RandomAccessFile(directory.resolve("large").toFile(), "rw")) {
      large.setLength(TOO_LARGE);
    }

    Program.Result built = installation.client("build", directory.toString());

    assertThat(built.code()).as(built.all()).isEqualTo(1);
    assertThat(built.err())
        .contains("no space left on the disk where images are built")
        .doesNotContain("build failed: ");
    assertStillBuilds();
  }

  @Test
  void stepThatFillsTheDiskFailsAndWhatItWroteGoesAway() throws Exception {
    Path directory = directory("RUN dd if=/dev/zero of=/large bs=1M count=3000\n");

    Program.Result built = installation.client("build", directory.toString());

    assertThat(built.code()).as(built.all()).isEqualTo(1);
    assertThat(built.err()).contains("No space left on device");
    assertStillBuilds();
  }

  private void assertStillBuilds() throws Exception {
    Path directory = directory("RUN echo fits\n");
    eventually(
        untilItIsFree(),
        () ->
            assertThat(Files.getFileStore(disk).getUsableSpace())
                .as("free bytes")
                .isGreaterThan(1L << 30));

    Program.Result built = installation.client("build", directory.toString(), "--no-cache");

    assertThat(built.code()).as(built.all()).isZero();
    assertThat(installation.log()).doesNotContain("\"level\":\"error\"");
  }

  private Path directory(String dockerfile) throws IOException {
    Path directory = Files.createTempDirectory(folder.path(), "context");
    Files.writeString(directory.resolve("Dockerfile"), "FROM " + base + "\n" + dockerfile);
    return directory;
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
