package dev.imagebuilder.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.testing.TestImages.Format;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FixturesTest {

  @Test
  void imagesAreTheSameOnEveryRun() {
    assertThat(TestImages.oci("hello").digest())
        .isEqualTo(TestImages.oci("hello").digest())
        .isNotEqualTo(TestImages.oci("world").digest())
        .isNotEqualTo(TestImages.docker("hello").digest());
    assertThat(TestImages.randomLayer(1, 7).digest())
        .isEqualTo(TestImages.randomLayer(1, 7).digest())
        .isNotEqualTo(TestImages.randomLayer(1, 8).digest());
  }

  @Test
  void indexNamesItsChildren() {
    TestImage index = TestImages.index(Format.OCI, "hello");

    assertThat(index.children()).hasSize(3);
    for (TestImage child : index.children()) {
      assertThat(new String(index.manifest(), StandardCharsets.UTF_8))
          .contains(child.digest().toString());
    }
  }

  @Test
  void layoutHasEverythingThatAnImageNames() throws IOException {
    TestImage index = TestImages.index(Format.DOCKER, "hello");
    try (TemporaryFolder folder = TemporaryFolder.named("layout")) {
      index.writeLayout(folder.path());

      assertThat(Files.readString(folder.path().resolve("index.json")))
          .contains(index.digest().toString(), index.mediaType());
      // The index, three images with a configuration and a layer each.
      assertThat(folder.path().resolve("blobs/sha256").toFile().list()).hasSize(10);
    }
  }

  @Test
  void waitingEndsWithTheConditionOrSaysWhatItSawLast() {
    AtomicInteger calls = new AtomicInteger();

    Eventually.eventually(Duration.ofSeconds(5), () -> calls.incrementAndGet() == 3);

    assertThat(calls).hasValue(3);
    assertThatThrownBy(() ->
            Eventually.eventually(
                Duration.ofMillis(20), () -> assertThat(calls.get()).isEqualTo(4)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not within PT0.02S")
        .hasMessageContaining("3");
  }

  @Test
  void missingProgramSkipsWithTheInstallLine() {
    assertThat(Peers.find("sh")).isPresent();
    assertThatThrownBy(() -> Peers.require("no-such-program", "apt-get install it"))
        .hasMessageContaining("apt-get install it")
        .extracting(thrown -> thrown.getClass().getSimpleName())
        .isEqualTo(inCi() ? "AssertionFailedError" : "TestAbortedException");
  }

  @Test
  void temporaryFolderIsDeletedWithItsContent() throws IOException {
    Path path;
    try (TemporaryFolder folder = TemporaryFolder.named("fixture")) {
      path = Files.createDirectories(folder.path().resolve("a/b"));
    }
    assertThat(Files.exists(path)).isFalse();
  }

  @Test
  void repositoriesHaveCommitsOnBranches() throws IOException {
    try (GitRepositories git = GitRepositories.withPassword("tester", "secret")) {
      String first = git.commit("app", Map.of("a", "1"));
      String second = git.commit("app", Map.of("a", "2"));

      assertThat(first).hasSize(40).isNotEqualTo(second);
      assertThat(git.url("app")).endsWith("/app.git");
    }
  }

  private static boolean inCi() {
    return "true".equals(System.getenv("CI"));
  }
}
