package dev.imagebuilder.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.Engine.DockerfileBuild;
import dev.imagebuilder.core.FailureReason;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Contexts as people have them, and worse. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BuildkitContextIT {
  private BuildkitHouse house;

  @BeforeAll
  void open() throws Exception {
    house = BuildkitHouse.open();
  }

  @AfterAll
  void close() throws Exception {
    if (house != null) {
      house.close();
    }
  }

  @Test
  void ignoreFileIsHonoured() throws Exception {
    String list = "FROM BASE\nCOPY . /c\nRUN busybox find /c -type f\n";
    Map<String, String> files =
        Map.of("Dockerfile", list, "a/x", "", "a/y", "", "b", "", ".dockerignore", "a\n!a/y\n");

    assertThat(house.built(house.context(files)))
        .contains("/c/a/y\n", "/c/b\n")
        .doesNotContain("/c/a/x\n");
  }

  @Test
  void dockerfilesOwnIgnoreFileWins() throws Exception {
    var build =
        house.context(
            Map.of(
                "sub/my.Dockerfile", "FROM BASE\nCOPY . /c\nRUN busybox find /c -type f\n",
                "sub/my.Dockerfile.dockerignore", "a\n",
                ".dockerignore", "b\n",
                "a", "",
                "b", ""));

    assertThat(house.built(withDockerfile(build, "sub/my.Dockerfile")))
        .contains("/c/b\n")
        .doesNotContain("/c/a\n");
  }

  @Test
  void dockerfileMayHaveAnyName() throws Exception {
    var build = house.context(Map.of("*[odd] ö\nname", "FROM BASE\nRUN echo built\n"));

    assertThat(house.built(withDockerfile(build, "*[odd] ö\nname"))).contains(" built\n");
  }

  @Test
  void longIgnoreFileWithNamesOutsideAsciiIsHonoured() throws Exception {
    String ignore = "some/path/that/is/not/there/ünïcödé-with-a-long-name\n".repeat(400) + "ö*\n";
    var build =
        house.context(
            Map.of(
                "Dockerfile", "FROM BASE\nCOPY . /c\nRUN ls /c\n",
                ".dockerignore", ignore,
                "önot", "",
                "yes", ""));

    assertThat(house.built(build)).contains(" yes\n").doesNotContain("önot");
  }

  @Test
  void oddNamesArriveAsTheyAre() throws Exception {
    var build =
        house.context(
            Map.of(
                "Dockerfile", "FROM BASE\nCOPY . /c\nRUN cat /c/ü* /c/new* /c/*back* /c/em*\n",
                "ünïcode", "first\n",
                "new\nline", "second\n",
                "back\\slash", "third\n",
                "em\uD83D\uDE00ji", "fourth\n"));

    assertThat(house.built(build)).contains(" first\n", " second\n", " third\n", " fourth\n");
  }

  @Test
  void linksPipesAndSocketsDoNoHarm() throws Exception {
    var build =
        house.context(
            Map.of(
                "Dockerfile",
                "FROM BASE\nCOPY . /c\nRUN busybox ls -l /c; cat /c/hard1 /c/hard2\n",
                "file",
                "content\n"));
    Path context = BuildkitHouse.folder(build);
    Files.createSymbolicLink(context.resolve("dangling"), Path.of("nowhere"));
    Files.createSymbolicLink(context.resolve("loop"), Path.of("loop"));
    Files.createSymbolicLink(context.resolve("outside"), Path.of("/etc/hostname"));
    Files.createLink(context.resolve("hard1"), context.resolve("file"));
    Files.createLink(context.resolve("hard2"), context.resolve("file"));
    assertThat(new ProcessBuilder("mkfifo", context.resolve("pipe").toString()).start().waitFor())
        .isZero();
    try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(context.resolve("socket")));

      String log = house.built(build);

      assertThat(log)
          .contains("dangling -> nowhere", "loop -> loop", "outside -> /etc/hostname")
          .containsPattern("content\n.*content\n")
          .containsPattern("p\\S+ .* pipe\n")
          .doesNotContain("socket");
    }
  }

  @Test
  void linkOutOfTheContextCopiesNothingOfThisMachine() throws Exception {
    Path secret = Files.writeString(house.folder.path().resolve("secret"), "of this machine");
    var build = house.context(Map.of("Dockerfile", "FROM BASE\nCOPY out /c\nRUN cat /c\n"));
    Files.createSymbolicLink(BuildkitHouse.folder(build).resolve("out"), secret);

    Failed failed = house.failure(build);

    assertThat(failed.reason()).isEqualTo(FailureReason.STEP_FAILED);
    assertThat(failed.text()).contains("is not there");
  }

  @Test
  void manyFilesArrive() throws Exception {
    var build =
        house.context(
            Map.of("Dockerfile", "FROM BASE\nCOPY . /c\nRUN busybox find /c -type f | wc -l\n"));
    for (int i = 0; i < 20_000; i++) {
      Path folder = BuildkitHouse.folder(build).resolve("d" + i / 500);
      if (i % 500 == 0) {
        Files.createDirectory(folder);
      }
      Files.writeString(folder.resolve("f" + i), "x" + i);
    }

    assertThat(house.built(build)).contains(" 20001\n");
  }

  @Test
  void largeFileArrivesWhole() throws Exception {
    var build = house.context(Map.of("Dockerfile", "FROM BASE\nCOPY large /\nRUN wc -c /large\n"));
    byte[] megabyte = "0123456789abcdef".repeat(65536).getBytes(StandardCharsets.US_ASCII);
    try (OutputStream out = Files.newOutputStream(BuildkitHouse.folder(build).resolve("large"))) {
      for (int i = 0; i < 100; i++) {
        out.write(megabyte);
      }
    }

    assertThat(house.built(build)).contains(" 104857600 /large\n");
  }

  @Test
  void malformedIgnorePatternIsTheUsersFault() throws Exception {
    Failed failed =
        house.failure(
            house.context(
                Map.of("Dockerfile", "FROM BASE\nCOPY . /c\n", ".dockerignore", "a[\n", "a", "")));

    assertThat(failed.reason()).isEqualTo(FailureReason.DOCKERFILE_INVALID);
    assertThat(failed.text()).startsWith("build failed: .dockerignore: ");
  }

  private static DockerfileBuild withDockerfile(DockerfileBuild build, String path)
      throws IOException {
    return new DockerfileBuild(
        build.id(),
        BuildkitHouse.folder(build),
        BuildkitHouse.folder(build).resolve(path).toRealPath(),
        build.target(),
        build.force(),
        build.credentials());
  }
}
