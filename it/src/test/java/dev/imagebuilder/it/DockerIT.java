package dev.imagebuilder.it;

import static dev.imagebuilder.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.DockerDaemon;
import dev.imagebuilder.testing.GitRepositories;
import dev.imagebuilder.testing.TemporaryFolder;
import dev.imagebuilder.testing.TestImages;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The service with a Docker Engine that somebody else runs. */
final class DockerIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static DockerDaemon docker;
  private static Installation installation;
  private static GitRepositories git;
  private static TemporaryFolder folder;
  private static Skopeo skopeo;
  private static String base;

  @BeforeAll
  static void install() throws IOException {
    docker = DockerDaemon.start();
    folder = TemporaryFolder.named("docker-builds");
    skopeo = new Skopeo(folder.path());
    git = GitRepositories.open();
    installation = Installation.startWithDocker(docker.socket());
    installation
        .registry()
        .client()
        .withBasic(DebianRegistry.USER, DebianRegistry.PASSWORD)
        .push("busybox", "1", TestImages.busybox());
    base = installation.registry().domain() + "/busybox:1";
  }

  @AfterAll
  static void uninstall() throws IOException {
    for (AutoCloseable part : new AutoCloseable[] {installation, git, folder, docker}) {
      close(part);
    }
  }

  @Test
  void repositoryBecomesAWorkspaceImage() throws Exception {
    git.commit(
        "app",
        Map.of(
            "Dockerfile",
            "FROM " + base + "\nCOPY greeting /made\n",
            "greeting",
            "hello from git"));

    Watched watched =
        Watched.build(installation, Requests.build(Requests.branch(git.url("app"), "main")));

    assertThat(watched.succeeded()).as(watched.last().getMessage()).isTrue();
    String ref = watched.last().getRef();
    assertThat(skopeo.files(ref)).containsEntry("made", "hello from git");
    assertThat(skopeo.digest(ref)).isEqualTo(skopeo.digest(watched.last().getBaseRef()));
  }

  @Test
  void directoryBecomesAnImageAndItsRecordNamesTheEngine() throws Exception {
    Path directory = directory("COPY sub /sub\nRUN cat /sub/file >/made\n");

    Program.Result built = installation.client("build", directory.toString());
    Program.Result list = installation.client("list", "--all", "--json");

    assertThat(built.code()).as(built.all()).isZero();
    assertThat(skopeo.files(built.out().strip())).containsEntry("made", "in sub");
    String engine =
        "\"engine\":\"local: Docker Engine 20.10[^\"]* at unix://"
            + docker.socket()
            + " \\(DOCKER_HOST";
    assertThat(list.out().lines())
        .anyMatch(line -> line.contains("\"kind\":\"service\"") && contains(line, engine))
        .anyMatch(line -> line.contains("SUCCEEDED") && contains(line, engine));
    assertThat(installation.log())
        .contains("engine chosen", "no layer cache in registries", "WARNING")
        .doesNotContain(DebianRegistry.PASSWORD);
  }

  @Test
  void failedStepSaysWhichAndWhy() throws Exception {
    Program.Result built =
        installation.client("build", directory("RUN echo before; exit 7\n").toString());

    assertThat(built.code()).isEqualTo(1);
    assertThat(built.err()).contains("before").contains("exit code 7");
  }

  @Test
  void buildThatLosesItsServiceEnds() throws Exception {
    String step = "sleep " + ThreadLocalRandom.current().nextInt(10_000_000, 100_000_000);
    git.commit("endless", Map.of("Dockerfile", "FROM " + base + "\nRUN " + step + "\n"));
    Iterator<BuildResponse> stream =
        installation.api().build(Requests.build(Requests.branch(git.url("endless"), "main")));
    assertThat(stream.next().hasInfo()).isTrue();
    eventually(SOON, () -> assertThat(Installation.processesNaming(step)).isNotEmpty());

    installation.process().destroyForcibly().waitFor(10, TimeUnit.SECONDS);

    assertThatThrownBy(() -> Watched.rest(stream)).isInstanceOf(StatusRuntimeException.class);
    eventually(SOON, () -> assertThat(Installation.processesNaming(step)).isEmpty());
    installation.startAgain();
  }

  private static boolean contains(String line, String pattern) {
    return line.matches(".*" + pattern + ".*");
  }

  private static Path directory(String dockerfile) throws IOException {
    Path directory = Files.createTempDirectory(folder.path(), "context");
    Files.createDirectory(directory.resolve("sub"));
    Files.writeString(directory.resolve("sub/file"), "in sub");
    Files.writeString(directory.resolve("Dockerfile"), "FROM " + base + "\n" + dockerfile);
    return directory;
  }

  private static void close(AutoCloseable part) throws IOException {
    try {
      if (part != null) {
        part.close();
      }
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
