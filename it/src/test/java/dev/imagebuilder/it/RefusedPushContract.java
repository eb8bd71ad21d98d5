package dev.imagebuilder.it;

import static dev.imagebuilder.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.proto.builder.ListBuildsRequest;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.Reply;
import dev.imagebuilder.testing.Request;
import dev.imagebuilder.testing.TemporaryFolder;
import dev.imagebuilder.testing.TestImages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A registry that lets a push begin and does not let it end, with any engine: the build says what
 * was pushed where and what the registry said, and leaves nothing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RefusedPushContract {
  private static final Duration SOON = Duration.ofSeconds(45);

  /** The registry's own words in its errors. */
  private static final String WORDS = "made up";

  private final String name;
  private final AtomicInteger sent = new AtomicInteger();
  private TestedEngine engine;
  private TemporaryFolder folder;
  private DebianRegistry registry;
  private FakeRegistry front;
  private Installation installation;
  private String base;
  private List<Long> processes;

  /** Names the engine as the configuration does. */
  RefusedPushContract(String name) {
    this.name = name;
  }

  @BeforeAll
  void install() throws Exception {
    engine = TestedEngine.start(name);
    folder = TemporaryFolder.named("refused-push");
    registry = DebianRegistry.start();
    front = FakeRegistry.answering(Answer.from(registry.address()));
    installation =
        Installation.startWith(
            name,
            Map.of("baseImageRepository", front.domain() + "/base-images"),
            engine.environment());
    registry.client().push("busybox", "1", TestImages.busybox());
    base = registry.domain() + "/busybox:1";
    // What runs between two builds.
    assertBuilds();
    processes = engine.processes(installation);
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
  void nothingIsLeftAndTheNextBuildWorks() throws Exception {
    front.answer(Answer.from(registry.address()));
    assertThat(sent).as("uploads that were refused").hasPositiveValue();
    eventually(SOON, () -> assertThat(installation.folders("builds")).isEmpty());
    assertThat(
            installation.api().listBuilds(ListBuildsRequest.getDefaultInstance()).getBuildsList())
        .isEmpty();
    eventually(
        SOON,
        () -> assertThat(engine.processes(installation)).containsExactlyElementsOf(processes));
    assertThat(engine.keptImages()).isEmpty();
    if (isPushedByUs()) {
      assertThat(registry.openUploads()).isZero();
    }
    assertBuilds();
  }

  /** What an engine opens at a registry nobody else can end. */
  boolean isPushedByUs() {
    return false;
  }

  @Test
  void denialInTheMiddleOfABlobIsTold() throws Exception {
    refuse(Answer.denied("DENIED"));

    String told = told(failed());

    assertThat(told).contains(WORDS).contains("credentials");
  }

  @Test
  void registryWhoseDiskIsFullIsNotMistakenForTheEngines() throws Exception {
    String words = "write /var/lib/registry: no space left on device";
    String error = "{\"errors\":[{\"code\":\"UNKNOWN\",\"message\":\"" + words + "\"}]}";
    refuse(Answer.of(Reply.of(500, "application/json", error.getBytes(StandardCharsets.UTF_8))));

    Program.Result built = failed();

    assertThat(built.err()).containsAnyOf("retrying in", "gave up after 5 attempts");
    String told = told(built);
    // An old Docker Engine does not read what comes with this status.
    assertThat(told).containsAnyOf("500", words).doesNotContain("where images are built");
  }

  @Test
  void connectionThatEndsInTheMiddleOfABlobIsTold() throws Exception {
    refuse(_ -> {
      throw new IOException("cut off");
    });

    String told = told(failed());

    assertThat(told).containsAnyOf("EOF", "ended the connection without an answer");
    assertThat(told).doesNotContain("?");
  }

  @Test
  void registryThatNeverAnswersHoldsNoBuildThatIsStopped() throws Exception {
    refuse(Answer.denied("DENIED").after(Duration.ofMinutes(10)));
    Path output = Files.createTempFile(folder.path(), "stopped", ".txt");
    Process client = installation.startClient(output, command());
    eventually(SOON, () -> assertThat(sent).hasPositiveValue());

    Program.Result stopped = installation.client("cancel", onlyBuild());

    assertThat(stopped.code()).as(stopped.all()).isZero();
    assertThat(client.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(client.exitValue()).isNotZero();
    assertThat(Files.readString(output)).contains("pushing the base image", "cancel");
  }

  private String onlyBuild() {
    return installation
        .api()
        .listBuilds(ListBuildsRequest.getDefaultInstance())
        .getBuildsList()
        .getFirst()
        .getBuildId();
  }

  /** Lets uploads begin, and gives this answer to what is sent then. */
  private void refuse(Answer answer) {
    sent.set(0);
    Answer rest = Answer.from(registry.address());
    front.answer(request -> {
      if (!isUpload(request)) {
        return rest.to(request);
      }
      sent.incrementAndGet();
      return answer.to(request);
    });
  }

  private static boolean isUpload(Request request) {
    return List.of("PATCH", "PUT").contains(request.method())
        && request.target().contains("/blobs/uploads/");
  }

  /** A build whose push is refused. */
  private Program.Result failed() throws Exception {
    Program.Result built = installation.client(command());
    assertThat(built.code()).as(built.all()).isEqualTo(1);
    assertThat(built.out()).isEmpty();
    return built;
  }

  /** How it ended, as its client is told. */
  private String told(Program.Result built) {
    String what = "push " + front.domain() + "/base-images";
    return built
        .err()
        .lines()
        .filter(line -> line.startsWith(what))
        .findFirst()
        .orElseThrow(() -> new AssertionError("nothing of " + what + " in " + built.all()));
  }

  private String[] command() throws IOException {
    Path directory = directory("RUN dd if=/dev/urandom of=/made bs=1M count=3\n");
    return new String[] {"build", directory.toString(), "--no-cache"};
  }

  private void assertBuilds() throws Exception {
    Program.Result built =
        installation.client("build", directory("RUN true\n").toString(), "--no-cache");

    assertThat(built.code()).as(built.all()).isZero();
  }

  private Path directory(String dockerfile) throws IOException {
    Path directory = Files.createTempDirectory(folder.path(), "context");
    Files.writeString(directory.resolve("Dockerfile"), "FROM " + base + "\n" + dockerfile);
    return directory;
  }
}
