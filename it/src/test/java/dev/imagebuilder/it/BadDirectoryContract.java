package dev.imagebuilder.it;

import static dev.imagebuilder.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.proto.builder.ListBuildsRequest;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.TemporaryFolder;
import dev.imagebuilder.testing.TestImages;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What goes wrong between a directory of a user's and the registry, with any engine: each ends well
 * or says what it was, and leaves nothing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BadDirectoryContract {
  private static final Duration SOON = Duration.ofSeconds(45);
  private static final long GIGABYTE = 1_000_000_000;
  private static final long SMALLER = 100_000_000;
  private static final int MANY = 20_000;

  private final String name;
  private final long large;
  private final String pipe;
  private TestedEngine engine;
  private TemporaryFolder folder;
  private DebianRegistry registry;
  private FakeRegistry front;
  private Installation installation;
  private String base;

  /** Names the engine as the configuration does. */
  BadDirectoryContract(String name) {
    this.name = name;
    // Slower engines get less of a file of zeros; an old one and Buildah take in no pipes.
    this.large = name.equals("buildkit") ? GIGABYTE : SMALLER;
    this.pipe = name.equals("buildkit") ? "fifo\n" : "";
  }

  @BeforeAll
  void install() throws IOException {
    engine = TestedEngine.start(name);
    folder = TemporaryFolder.named("bad-directory");
    registry = DebianRegistry.start();
    front = FakeRegistry.answering(Answer.from(registry.address()));
    installation =
        Installation.startWith(
            name,
            Map.of("baseImageRepository", front.domain() + "/base-images"),
            engine.environment());
    registry.client().push("busybox", "1", TestImages.busybox());
    base = registry.domain() + "/busybox:1";
  }

  @AfterAll
  void uninstall() throws Exception {
    for (AutoCloseable part : new AutoCloseable[] {installation, front, registry, folder, engine}) {
      if (part != null) {
        part.close();
      }
    }
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    front.answer(Answer.from(registry.address()));
    eventually(SOON, () -> assertThat(installation.folders("builds")).isEmpty());
    assertThat(
            installation.api().listBuilds(ListBuildsRequest.getDefaultInstance()).getBuildsList())
        .isEmpty();
    assertThat(registry.openUploads()).isZero();
  }

  @Test
  void contextOfAllKindsArrivesAsItIs() throws Exception {
    Path directory =
        directory(
            """
            FROM BASE AS seen
            COPY . /c
            RUN cd /c; mkdir /report; \\
              find many -type f | wc -l >/report/many; \\
              wc -c <sparse >/report/sparse; \\
              cat ü* new*line em* >/report/names; \\
              cat hard1 hard2 >/report/links; \\
              stat -c %N dangling loop outside >>/report/links; \\
              stat -c %F pipe >/report/pipe; \\
              ls >/report/list
            FROM BASE
            COPY --from=seen /report /report
            """);
    fill(directory);
    try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(directory.resolve("socket")));

      Program.Result built = installation.client("build", directory.toString());

      assertThat(built.code()).as(built.all()).isZero();
      Map<String, String> files = new Skopeo(folder.path()).files(built.out().strip());
      assertThat(files)
          .containsEntry("report/many", MANY + "\n")
          .containsEntry("report/sparse", large + "\n")
          .containsEntry("report/names", "first\nsecond\nthird\n")
          .containsEntry("report/pipe", pipe);
      assertThat(files.get("report/links"))
          .startsWith("same\nsame\n")
          .contains("nowhere", "'loop' -> 'loop'", "/etc/hostname");
      assertThat(files.getOrDefault("report/list", "").lines())
          .contains("dangling")
          .doesNotContain("socket");
    }
  }

  private void fill(Path directory) throws Exception {
    for (int i = 0; i < MANY; i++) {
      Path part = directory.resolve("many/d" + i / 500);
      if (i % 500 == 0) {
        Files.createDirectories(part);
      }
      Files.writeString(part.resolve("f" + i), "x" + i);
    }
    sparse(directory.resolve("sparse"), large);
    Files.writeString(directory.resolve("ünïcödé"), "first\n");
    Files.writeString(directory.resolve("new\nline"), "second\n");
    Files.writeString(directory.resolve("em\uD83D\uDE00ji"), "third\n");
    Files.writeString(directory.resolve("hard1"), "same\n");
    Files.createLink(directory.resolve("hard2"), directory.resolve("hard1"));
    Files.createSymbolicLink(directory.resolve("dangling"), Path.of("nowhere"));
    Files.createSymbolicLink(directory.resolve("loop"), Path.of("loop"));
    Files.createSymbolicLink(directory.resolve("outside"), Path.of("/etc/hostname"));
    assertThat(new ProcessBuilder("mkfifo", directory.resolve("pipe").toString()).start().waitFor())
        .isZero();
  }

  @Test
  void filesThatChangeAndVanishWhileTheyAreSentEndNoBuildWithoutAWord() throws Exception {
    Path directory = directory("FROM BASE\nCOPY . /c\nRUN true\n");
    Path many = Files.createDirectory(directory.resolve("many"));
    for (int i = 0; i < 1000; i++) {
      Files.writeString(many.resolve("f" + i), "content of " + i);
    }
    var isOver = new AtomicBoolean();
    Thread changer = Thread.ofVirtual().start(() -> change(many, isOver));

    Program.Result built = installation.client("build", directory.toString());
    isOver.set(true);
    changer.join();

    if (built.code() != 0) {
      assertThat(built.code()).as(built.all()).isEqualTo(1);
      assertThat(built.err()).containsPattern("removed (or replaced|on the client's machine)");
    }
    assertThat(installation.client("build", directory.toString()).code()).isZero();
  }

  private static void change(Path many, AtomicBoolean isOver) {
    var random = ThreadLocalRandom.current();
    try {
      while (!isOver.get()) {
        Path file = many.resolve("f" + random.nextInt(1000));
        switch (random.nextInt(3)) {
          case 0 -> Files.deleteIfExists(file);
          case 1 -> Files.writeString(file, "longer than before ".repeat(random.nextInt(100)));
          default -> Files.writeString(many.resolve("new" + random.nextInt(1000)), "");
        }
      }
    } catch (NoSuchFileException _) {
      return; // the folder is removed
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void dockerfilesThatCannotBeBuiltSayWhy() throws Exception {
    assertFails("FROM BASE\nNOSUCH thing\n", "NOSUCH");
    assertFails("FROM BASE AS one\nRUN true\n", "nostage", "--target", "nostage");
    assertFails("FROM BASE\nCOPY --from=nostage /x /x\n", "nostage");
    assertFails("FROM BASE\nCOPY missing /x\n", "missing");
    assertFails("FROM BASE\nRUN echo so far; exit 23\n", "exit code 23");
    assertFails("FROM " + registry.domain() + "/none:1\n", "/none");
  }

  private void assertFails(String dockerfile, String why, String... arguments) throws Exception {
    String[] line = new String[arguments.length + 2];
    line[0] = "build";
    line[1] = directory(dockerfile).toString();
    System.arraycopy(arguments, 0, line, 2, arguments.length);

    Program.Result built = installation.client(line);

    assertThat(built.code()).as(built.all()).isEqualTo(1);
    assertThat(built.out()).isEmpty();
    String last = built.err().strip().lines().toList().getLast();
    assertThat(built.err()).contains("build failed: ").contains(why);
    assertThat(last).doesNotContain("internal error");
  }

  @Test
  void stepThatWaitsForInputGetsNone() throws Exception {
    Path directory = directory("FROM BASE\nRUN cat; read line || echo nothing to read\n");

    Program.Result built = installation.client("build", directory.toString());

    assertThat(built.code()).as(built.all()).isZero();
    assertThat(built.err()).contains("nothing to read");
  }

  @Test
  void stepThatNeverEndsIsStoppedAtTheLimit() throws Exception {
    String step = "sleep " + ThreadLocalRandom.current().nextInt(10_000_000, 100_000_000);
    Path directory = directory("FROM BASE\nRUN trap '' TERM INT; " + step + "\n");

    Program.Result built = installation.client("build", directory.toString(), "--timeout", "6s");

    assertThat(built.code()).as(built.all()).isEqualTo(1);
    assertThat(built.err()).contains("6s");
    eventually(SOON, () -> assertThat(Installation.processesNaming(step)).isEmpty());
  }

  @Test
  void registryThatRefusesInTheMiddleOfAPushIsNamed() throws Exception {
    Path directory = directory("FROM BASE\nRUN echo $RANDOM >/made\n");
    Answer rest = Answer.from(registry.address());
    front.answer(request ->
        request.method().equals("PUT") && request.target().contains("/manifests/")
            ? Answer.denied("DENIED").to(request)
            : rest.to(request));

    Program.Result built = installation.client("build", directory.toString());

    assertThat(built.code()).as(built.all()).isEqualTo(1);
    assertThat(built.err()).contains("push " + front.domain() + "/base-images");
    assertThat(built.err()).contains("credentials");
  }

  @Test
  void clientThatIsKilledWhileItServesEndsItsBuild() throws Exception {
    Path directory = directory("FROM BASE\nCOPY . /c\n");
    sparse(directory.resolve("endless"), 50 * GIGABYTE);
    Path output = Files.createTempFile(folder.path(), "killed", ".txt");
    Process client = installation.startClient(output, "build", directory.toString());
    eventually(SOON, () -> assertThat(bytesRead(client)).isGreaterThan(GIGABYTE / 4));

    client.destroyForcibly().waitFor(10, TimeUnit.SECONDS);

    eventually(
        SOON,
        () ->
            assertThat(installation.client("list", "--all", "--json").out().lines())
                .anyMatch(line -> line.contains("has gone")));
  }

  /** By a process, from files and else. */
  private static long bytesRead(Process process) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "io")).stream()
        .filter(line -> line.startsWith("rchar: "))
        .mapToLong(line -> Long.parseLong(line.substring("rchar: ".length())))
        .sum();
  }

  private static void sparse(Path file, long size) throws IOException {
    try (var content = new RandomAccessFile(file.toFile(), "rw")) {
      content.setLength(size);
    }
  }

  /** A directory with this Dockerfile, in which BASE stands for the base image. */
  private Path directory(String dockerfile) throws IOException {
    Path directory = Files.createTempDirectory(folder.path(), "context");
    Files.writeString(directory.resolve("Dockerfile"), dockerfile.replace("BASE", base));
    return directory;
  }
}
