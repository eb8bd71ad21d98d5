package dev.imagebuilder.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.builder.BuildStatus;
import dev.imagebuilder.proto.builder.ResolveBaseImageRequest;
import dev.imagebuilder.proto.contentservice.CloneTargetMode;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.GitRepositories;
import dev.imagebuilder.testing.Reply;
import dev.imagebuilder.testing.TestImages;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each wrong input gets its status or a text that says what to do, and leaves nothing behind. */
final class BadInputIT {
  private static Installation installation;
  private static GitRepositories git;
  private static GitRepositories closedGit;
  private static String base;

  @BeforeAll
  static void install() throws IOException {
    installation = Installation.startWith(Map.of("buildTimeout", "25s"));
    git = GitRepositories.open();
    closedGit = GitRepositories.withPassword("reader", "pa55word");
    installation
        .registry()
        .client()
        .withBasic(DebianRegistry.USER, DebianRegistry.PASSWORD)
        .push("busybox", "1", TestImages.busybox());
    base = installation.registry().domain() + "/busybox:1";
  }

  @AfterAll
  static void uninstall() throws IOException {
    installation.close();
    git.close();
    closedGit.close();
  }

  @AfterEach
  void nothingIsLeftAndTheServiceStillServes() throws Exception {
    assertThat(resolve(base)).isNull();
    assertThat(installation.folders("builds")).isEmpty();
  }

  @Test
  void referencesThatCannotBeResolvedGetTheirStatus() {
    String registry = installation.registry().domain();

    assertThat(resolve("Not A Reference").getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(resolve(registry + "/busybox:none").getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
    assertThat(resolve("registry.invalid/x:1").getStatus().getCode()).isEqualTo(Code.INTERNAL);
  }

  @Test
  void registryThatRefusesGetsItsStatus() throws IOException {
    assertThat(answering(Answer.unauthorized("Basic realm=\"r\"")).getStatus().getCode())
        .isEqualTo(Code.UNAUTHENTICATED);
    assertThat(answering(Answer.denied("DENIED")).getStatus().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(answering(Answer.tooMany("30")).getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(answering(Answer.of(Reply.of(503))).getStatus().getCode()).isEqualTo(Code.INTERNAL);
  }

  @Test
  void sourceIsMissing() {
    StatusRuntimeException refused = refused(BuildRequest.getDefaultInstance());

    assertThat(refused.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(refused.getStatus().getDescription()).isEqualTo("build source is missing");
  }

  @Test
  void pathsThatLeaveTheCheckoutAreRefused() throws IOException {
    git.commit("paths", Map.of("Dockerfile", "FROM " + base + "\n"));
    BuildSource source =
        Requests.dockerfile(Requests.git(git.url("paths")).build(), "../../etc/passwd");

    StatusRuntimeException refused = refused(Requests.build(source));

    assertThat(refused.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(refused.getStatus().getDescription()).contains("leaves the checkout");
  }

  @Test
  void gitSourcesThatAreNotThereFailTheBuildWithTheirName() throws IOException {
    git.commit("there", Map.of("Dockerfile", "FROM " + base + "\n"));

    assertThat(failure(Requests.branch(git.url("gone"), "main")))
        .startsWith("build failed: ")
        .contains("gone");
    assertThat(failure(Requests.branch(git.url("there"), "no-such-branch")))
        .startsWith("build failed: ")
        .contains("no-such-branch");
    assertThat(failure(commit(git.url("there"), "1234567890123456789012345678901234567890")))
        .startsWith("build failed: ")
        .contains("1234567890123456789012345678901234567890");
    assertThat(failure(Requests.branch("ext::sh -c id", "main"))).contains("git URL is refused");
    assertThat(failure(Requests.branch("file:///etc", "main"))).contains("file");
  }

  @Test
  void wrongGitPasswordFailsTheBuildWithoutSayingIt() throws IOException {
    closedGit.commit("closed", Map.of("Dockerfile", "FROM " + base + "\n"));
    BuildSource source =
        Requests.dockerfile(
            Requests.git(closedGit.url("closed"))
                .setConfig(Requests.login("reader", "wr0ng-pass"))
                .build(),
            "Dockerfile");

    assertThat(failure(source)).startsWith("build failed: ").doesNotContain("wr0ng-pass");
  }

  @Test
  void dockerfilesThatCannotBeBuiltSayWhy() throws IOException {
    git.commit(
        "faulty",
        Map.of(
            "invalid", "FROM " + base + "\nNOSUCH thing\n",
            "failing", "FROM " + base + "\nRUN echo before\nRUN exit 23\n",
            "baseless", "FROM " + installation.registry().domain() + "/none:1\n",
            "copying", "FROM " + base + "\nCOPY missing /\n"));

    assertThat(failure(file("Dockerfile"))).startsWith("build failed: ").contains("Dockerfile");
    assertThat(failure(file("invalid")))
        .startsWith("build failed: ")
        .containsIgnoringCase("NOSUCH");
    assertThat(failure(file("failing")))
        .startsWith("build failed: ")
        .contains("RUN exit 23")
        .contains("23");
    assertThat(failure(file("baseless"))).startsWith("build failed: ").contains("/none");
    assertThat(failure(file("copying"))).startsWith("build failed: ").contains("missing");
  }

  @Test
  void stepThatNeverEndsIsStoppedAtTheLimit() throws IOException {
    git.commit("endless", Map.of("Dockerfile", "FROM " + base + "\nRUN sleep 98765\n"));

    String text = failure(Requests.branch(git.url("endless"), "main"));

    assertThat(text).startsWith("build failed: ").contains("25s");
    assertThat(Installation.processesNaming("sleep 98765")).isEmpty();
  }

  @Test
  void brokenConfigurationStopsTheStartWithEveryFault() throws Exception {
    Path config = installation.home().resolve("broken.json");
    Files.writeString(
        config,
        """
        {"orchestrator": {"backend": "local", "baseImageRepository": "Bad Name",
          "buildTimeout": "soon"}, "server": {"services": {"grpc": {"address": 7}}}}
        """);

    Program.Result start =
        Program.run(
            installation.home(), Duration.ofSeconds(60), "run", "--config", config.toString());

    assertThat(start.code()).isEqualTo(1);
    assertThat(start.err())
        .contains("orchestrator.workspaceImageRepository")
        .contains("orchestrator.buildTimeout")
        .contains("server.services.grpc.address");
  }

  @Test
  void clientCommandsEndWithTheirCodes() throws Exception {
    assertThat(installation.client("build", base, "--no-such-flag").code()).isEqualTo(2);
    assertThat(installation.client("build", git.url("gone") + "#main").code()).isNotZero();
    Program.Result unreachable =
        Program.run(installation.home(), Duration.ofSeconds(60), "list", "--host", "localhost:1");
    assertThat(unreachable.code()).isEqualTo(3);
    assertThat(unreachable.err()).contains("localhost:1");
  }

  private static BuildSource file(String dockerfile) {
    return Requests.dockerfile(Requests.git(git.url("faulty")).build(), dockerfile);
  }

  private static BuildSource commit(String url, String commit) {
    return Requests.dockerfile(
        Requests.git(url)
            .setTargetMode(CloneTargetMode.REMOTE_COMMIT)
            .setCloneTaget(commit)
            .build(),
        "Dockerfile");
  }

  /** The message of a build that fails. */
  private static String failure(BuildSource source) {
    Watched watched = Watched.build(installation, Requests.build(source));
    assertThat(watched.last().getStatus()).isEqualTo(BuildStatus.done_failure);
    assertThat(watched.last().getInfo().getStatus()).isEqualTo(BuildStatus.done_failure);
    return watched.last().getMessage();
  }

  private static StatusRuntimeException refused(BuildRequest request) {
    return catchThrowableOfType(
        StatusRuntimeException.class, () -> Watched.build(installation, request));
  }

  private static StatusRuntimeException answering(Answer answer) throws IOException {
    try (FakeRegistry registry = FakeRegistry.answering(answer)) {
      return resolve(registry.domain() + "/some/image:1");
    }
  }

  /** The status of a failed resolve; null if it succeeded. */
  private static StatusRuntimeException resolve(String reference) {
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () ->
            installation
                .api()
                .resolveBaseImage(
                    ResolveBaseImageRequest.newBuilder()
                        .setRef(reference)
                        .setAuth(Requests.ALL)
                        .build()));
  }
}
