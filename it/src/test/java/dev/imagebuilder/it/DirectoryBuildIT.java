package dev.imagebuilder.it;

import static dev.imagebuilder.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.PlainRegistryClient;
import dev.imagebuilder.testing.TemporaryFolder;
import dev.imagebuilder.testing.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The command line with a directory of the user's, from the first file to the reference. */
final class DirectoryBuildIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private static Installation installation;
  private static TemporaryFolder folder;
  private static Skopeo skopeo;
  private static String base;

  @BeforeAll
  static void install() throws IOException {
    folder = TemporaryFolder.named("directory-build");
    skopeo = new Skopeo(folder.path());
    installation = Installation.start();
    PlainRegistryClient registry =
        installation.registry().client().withBasic(DebianRegistry.USER, DebianRegistry.PASSWORD);
    registry.push("busybox", "1", TestImages.busybox());
    base = installation.registry().domain() + "/busybox:1";
  }

  @AfterAll
  static void uninstall() throws IOException {
    installation.close();
    folder.close();
  }

  /** A directory with these files; the Dockerfile goes on from the base image. */
  private static Path directory(String name, String dockerfile, Map<String, String> files)
      throws IOException {
    Path directory = Files.createDirectories(folder.path().resolve(name));
    Files.writeString(directory.resolve("Dockerfile"), "FROM " + base + "\n" + dockerfile);
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    return directory;
  }

  private static String reference(Program.Result built) {
    assertThat(built.code()).as(built.all()).isZero();
    return built.out().strip();
  }

  @Test
  void directoryBecomesAnImageWithAllThatTheFlagsSay() throws Exception {
    Path directory =
        directory(
            "flags",
            """
            ARG WHO=nobody
            COPY . /context
            RUN echo "$WHO" >/made
            FROM scratch
            """,
            Map.of("src/a", "a", "skipped/b", "b", ".dockerignore", "skipped\n"));

    Program.Result built =
        installation.client(
            "build", directory.toString(), "--build-arg", "WHO=somebody", "--target", "0");

    Map<String, String> files = skopeo.files(reference(built));
    assertThat(files).containsEntry("made", "somebody\n").containsEntry("context/src/a", "a");
    assertThat(files).doesNotContainKey("context/skipped/b");
  }

  @Test
  void unchangedDirectoryIsNotBuiltAnew() throws Exception {
    Path directory =
        directory("unchanged", "COPY a /a\nRUN date +%N >/made\n", Map.of("a", "content"));

    String first = reference(installation.client("build", directory.toString()));
    Program.Result again = installation.client("build", directory.toString());

    assertThat(reference(again)).isEqualTo(first);
    assertThat(again.err()).contains("3 steps, 2 cached");
  }

  @Test
  void secretThatTheEngineCannotTakeIsSaidAndNotShown() throws Exception {
    Path directory = directory("secret", "RUN true\n", Map.of());
    Path secret = Files.writeString(folder.path().resolve("token"), "s3cret!");

    Program.Result built =
        installation.client("build", directory.toString(), "--secret", "id=token,src=" + secret);

    assertThat(built.code()).isEqualTo(1);
    assertThat(built.err()).contains("BuildKit").doesNotContain("s3cret!");
  }

  @Test
  void dockerfileMayBeOutsideOfItsContext() throws Exception {
    Path directory = directory("outside", "RUN exit 1\n", Map.of("sub/file", "in sub"));
    Path dockerfile =
        Files.writeString(
            folder.path().resolve("Other.dockerfile"), "FROM " + base + "\nCOPY file /copied\n");

    Program.Result built =
        installation.client(
            "build", directory.toString(), "--context", "sub", "-f", dockerfile.toString());

    assertThat(skopeo.files(reference(built))).containsEntry("copied", "in sub");
  }

  @Test
  void failedStepEndsWithOneAndSaysWhichAndWhy() throws Exception {
    Path directory = directory("failing", "RUN echo before it fails; exit 7\n", Map.of());

    Program.Result built = installation.client("build", directory.toString());

    assertThat(built.code()).isEqualTo(1);
    assertThat(built.out()).isEmpty();
    assertThat(built.err()).contains("before it fails").contains("exit code 7");
  }

  @Test
  void buildsAreListedAndTheirLogsReadWhenTheyAreOver() throws Exception {
    Path directory = directory("listed", "RUN echo to be read later\n", Map.of());
    String ref = reference(installation.client("build", directory.toString()));

    Program.Result running = installation.client("list", "--json");
    Program.Result all = installation.client("list", "--all");
    Program.Result log = installation.client("logs", ref);

    assertThat(running.out()).contains("\"kind\":\"service\"").doesNotContain(ref);
    assertThat(all.out()).containsPattern("succeeded +\\S+ +\\S+ +directory +buildah +" + ref);
    assertThat(log.code()).isZero();
    assertThat(log.out()).contains("to be read later");
  }

  @Test
  void secondClientFollowsAndCancels() throws Exception {
    Path directory = directory("cancelled", "RUN echo begun; sleep 300\n", Map.of());
    Path output = Files.createFile(folder.path().resolve("cancelled.txt"));
    Process builder = installation.startClient(output, "build", directory.toString());
    String id = idOf(output);

    assertThat(installation.client("cancel", id).code()).isZero();
    Program.Result follower = installation.client("logs", "-f", id);

    assertThat(builder.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(builder.exitValue()).isEqualTo(1);
    assertThat(follower.out()).contains("begun").contains("canceled");
    assertThat(installation.folders("builds")).isEmpty();
  }

  @Test
  void ctrlCCancelsAndWaits() throws Exception {
    Path directory = directory("interrupted", "RUN echo begun; sleep 300\n", Map.of());
    Path output = Files.createFile(folder.path().resolve("interrupted.txt"));
    Process builder = installation.startClient(output, "build", directory.toString());
    String id = idOf(output);
    eventually(LIMIT, () -> assertThat(Files.readString(output)).contains("\nbegun"));

    signal(builder, "INT");

    assertThat(builder.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(builder.exitValue()).isEqualTo(130);
    assertThat(Files.readString(output)).contains("cancelling the build").contains("canceled by");
    assertThat(state(id)).isEqualTo("CANCELED");
  }

  @Test
  void buildEndsWithTheClientThatServesIt() throws Exception {
    Path directory = directory("left", "RUN echo begun; sleep 300\n", Map.of());
    Path output = Files.createFile(folder.path().resolve("left.txt"));
    Process builder = installation.startClient(output, "build", directory.toString());
    String id = idOf(output);

    builder.destroyForcibly();

    eventually(LIMIT, () -> assertThat(state(id)).isEqualTo("FAILED"));
    Program.Result log = installation.client("logs", id);
    assertThat(log.out()).contains("has gone");
  }

  @Test
  void terminalShowsLiveStepsAndNothingRaw() throws Exception {
    Path directory =
        directory(
            "terminal",
            "RUN printf '\\033]0;title\\007\\033[31mred\\033[0m\\n'; sleep 2\n",
            Map.of());
    List<String> command =
        Program.command(installation.home(), "build", directory.toString()).command();
    String line = String.join(" ", command) + " --host " + installation.host();
    ProcessBuilder terminal =
        new ProcessBuilder("script", "-qec", "stty cols 60 rows 20; " + line, "/dev/null");
    terminal.environment().putAll(Map.of("TERM", "xterm", "HOME", installation.home().toString()));

    Program.Result shown = Program.finish(terminal, folder.path(), Duration.ofMinutes(3));

    assertThat(shown.code()).as(shown.all()).isZero();
    assertThat(shown.out()).contains("\u001b[?7l").contains("[2/2] RUN").contains("done: 2 steps");
    assertThat(shown.out())
        .contains("red")
        .doesNotContain("\u001b]0;")
        .doesNotContain("\u001b[31mred");
  }

  private static String idOf(Path output) {
    AtomicReference<String> id = new AtomicReference<>("");
    eventually(
        LIMIT,
        () -> {
          String text = Files.readString(output);
          assertThat(text).containsPattern("build [0-9a-f-]{36}");
          id.set(text.replaceFirst("(?s).*?build ([0-9a-f-]{36}).*", "$1"));
        });
    return id.get();
  }

  /** By the shell's own kill: a minimal machine has no program of that name. */
  private static void signal(Process process, String name) throws Exception {
    String line = "kill -s " + name + " " + process.pid();
    new ProcessBuilder("/bin/sh", "-c", line).start().waitFor();
  }

  private static String state(String id) throws Exception {
    return installation
        .client("list", "--all", "--json")
        .out()
        .lines()
        .filter(line -> line.contains(id))
        .map(line -> line.replaceFirst(".*\"state\":\"([A-Z_]+)\".*", "$1"))
        .findFirst()
        .orElse("");
  }
}
