package dev.imagebuilder.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.builder.BuildStatus;
import dev.imagebuilder.proto.builder.ListBuildsRequest;
import dev.imagebuilder.proto.builder.ResolveWorkspaceImageRequest;
import dev.imagebuilder.proto.contentservice.CloneTargetMode;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.GitRepositories;
import dev.imagebuilder.testing.PlainRegistryClient;
import dev.imagebuilder.testing.TemporaryFolder;
import dev.imagebuilder.testing.TestImages;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The main job: sources become images that another tool can read, once, with a log. */
final class WorkspaceImageIT {
  private static final String GIT_USER = "reader";
  private static final String GIT_PASSWORD = "pa55word";

  private static Installation installation;
  private static GitRepositories git;
  private static TemporaryFolder folder;
  private static Skopeo skopeo;
  private static String base;

  @BeforeAll
  static void install() throws IOException {
    folder = TemporaryFolder.named("workspace-image");
    skopeo = new Skopeo(folder.path());
    installation = Installation.start();
    git = GitRepositories.withPassword(GIT_USER, GIT_PASSWORD);
    PlainRegistryClient registry =
        installation.registry().client().withBasic(DebianRegistry.USER, DebianRegistry.PASSWORD);
    registry.push("busybox", "1", TestImages.busybox());
    base = installation.registry().domain() + "/busybox:1";
  }

  @AfterAll
  static void uninstall() throws IOException {
    installation.close();
    git.close();
    folder.close();
  }

  @Test
  void dockerfileInARepositoryWithPasswordBecomesAnImage() throws Exception {
    String commit =
        git.commit(
            "app",
            Map.of(
                "Dockerfile",
                "FROM " + base + "\nCOPY src /src\nRUN cat /src/greeting > /made\n",
                "src/greeting",
                "hello from git"));
    BuildRequest request = Requests.build(source("app", commit));

    Watched watched = Watched.build(installation, request);

    assertThat(watched.first().getStatus()).isEqualTo(BuildStatus.running);
    assertThat(watched.first().getInfo().getBuildId()).isNotEmpty();
    assertThat(watched.last().getMessage()).isEmpty();
    assertThat(watched.succeeded()).isTrue();
    String ref = watched.last().getRef();
    assertThat(skopeo.files(ref)).containsEntry("made", "hello from git");
    assertThat(skopeo.digest(ref)).isEqualTo(skopeo.digest(watched.last().getBaseRef()));
  }

  @Test
  void imageReferenceIsCopiedWithItsDigest() throws Exception {
    Watched watched = Watched.build(installation, Requests.build(Requests.image(base)));

    assertThat(watched.succeeded()).as(watched.last().getMessage()).isTrue();
    assertThat(watched.last().getBaseRef()).endsWith("@" + skopeo.digest(base));
    assertThat(skopeo.digest(watched.last().getRef())).isEqualTo(skopeo.digest(base));
  }

  @Test
  void whatIsThereIsNotBuiltAgain() throws Exception {
    String commit = git.commit("twice", Map.of("Dockerfile", "FROM " + base + "\nRUN true\n"));
    BuildRequest request = Requests.build(source("twice", commit));
    Watched first = Watched.build(installation, request);

    Watched second = Watched.build(installation, request);

    assertThat(second.messages()).hasSize(1);
    assertThat(second.succeeded()).isTrue();
    assertThat(second.last().getRef()).isEqualTo(first.last().getRef());
    assertThat(
            installation
                .api()
                .resolveWorkspaceImage(
                    ResolveWorkspaceImageRequest.newBuilder()
                        .setSource(request.getSource())
                        .setAuth(Requests.ALL)
                        .build())
                .getStatus())
        .isEqualTo(BuildStatus.done_success);
  }

  @Test
  void lateReaderGetsTheWholeLogWithoutSecrets() throws Exception {
    String commit =
        git.commit(
            "log",
            Map.of(
                "Dockerfile",
                "FROM " + base + "\nRUN echo first-line; echo " + GIT_PASSWORD + "; echo end\n"));
    Watched watched = Watched.build(installation, Requests.build(source("log", commit)));

    String log = Watched.log(installation, watched.first().getInfo().getBuildId());

    assertThat(log).contains("first-line").contains("end");
    assertThat(log).doesNotContain(GIT_PASSWORD).doesNotContain(DebianRegistry.PASSWORD);
    assertThat(installation.log())
        .doesNotContain(GIT_PASSWORD)
        .doesNotContain(DebianRegistry.PASSWORD);
  }

  @Test
  void secondClientThatComesDuringTheBuildSeesItsStart() throws Exception {
    String commit =
        git.commit(
            "slow",
            Map.of("Dockerfile", "FROM " + base + "\nRUN echo begun; sleep 5; echo over\n"));
    Iterator<BuildResponse> stream =
        installation.api().build(Requests.build(source("slow", commit)));
    String id = stream.next().getInfo().getBuildId();

    assertThat(
            installation.api().listBuilds(ListBuildsRequest.getDefaultInstance()).getBuildsList())
        .anyMatch(info -> info.getBuildId().equals(id));
    Program.Result reader = installation.client("logs", "-f", id);

    assertThat(reader.code()).as(reader.all()).isZero();
    assertThat(reader.out()).contains("begun").contains("over");
    assertThat(Watched.rest(stream).succeeded()).isTrue();
  }

  @Test
  void clientCommandBuildsABranchAndPrintsTheReference() throws Exception {
    try (GitRepositories open = GitRepositories.open()) {
      open.commit("open", Map.of("Dockerfile", "FROM " + base + "\nRUN echo by-client\n"));

      Program.Result built = installation.client("build", open.url("open") + "#main");

      assertThat(built.code()).as(built.all()).isZero();
      String ref = built.out().strip().lines().reduce((_, last) -> last).orElseThrow();
      assertThat(skopeo.digest(ref)).startsWith("sha256:");
    }
  }

  @Test
  void metricsCountWhatHappened() throws Exception {
    Watched watched = Watched.build(installation, Requests.build(Requests.image(base)));
    assertThat(watched.succeeded()).isTrue();

    String metrics = installation.metrics();

    assertThat(metrics)
        .contains("gitpod_image_builder_builds_started_total")
        .contains("gitpod_image_builder_builds_done_total{success=\"true\"}")
        .contains("grpc_server_handled_total{")
        .contains("grpc_server_handling_seconds_bucket{");
  }

  private static BuildSource source(String repository, String commit) {
    return Requests.dockerfile(
        Requests.git(git.url(repository))
            .setTargetMode(CloneTargetMode.REMOTE_COMMIT)
            .setCloneTaget(commit)
            .setConfig(Requests.login(GIT_USER, GIT_PASSWORD))
            .build(),
        "Dockerfile");
  }
}
