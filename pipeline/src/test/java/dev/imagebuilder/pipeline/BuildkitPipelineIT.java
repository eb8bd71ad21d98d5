package dev.imagebuilder.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.buildkit.BuildkitEngine;
import dev.imagebuilder.buildkit.StepNetwork;
import dev.imagebuilder.buildkit.daemon.OwnBuildkitd;
import dev.imagebuilder.buildkit.daemon.OwnBuildkitdOptions;
import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildOrder;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Blame;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.GitSource;
import dev.imagebuilder.core.GitSource.CloneMode;
import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.core.RegistryCredentials;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.pipeline.git.GitOptions;
import dev.imagebuilder.pipeline.git.GitSources;
import dev.imagebuilder.registry.Registries;
import dev.imagebuilder.registry.RegistryOptions;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.FakeTokenService;
import dev.imagebuilder.testing.GitRepositories;
import dev.imagebuilder.testing.Peers;
import dev.imagebuilder.testing.TestImages;
import dev.imagebuilder.testing.TlsFiles;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole way with BuildKit: git over http, a buildkitd of our own, and a registry that verifies
 * a token for each thing that is done. The request reads as bob, the installation writes as alice.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BuildkitPipelineIT {
  private static final Credential ALICE =
      new Credential.Password("alice", Secret.of("alice's own password"));
  private static final Credential BOB =
      new Credential.Password("bob", Secret.of("bob's own password"));

  private GitRepositories git;
  private FakeRegistry tokens;
  private DebianRegistry registry;
  private Registries registries;
  private BuildkitEngine engine;

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    Peers.require("buildkitd", "scripts/test, which makes it where Go is installed");
    Peers.require("runc", "apt-get install runc");
    Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name")), "buildkitd needs root in these tests");
    git = GitRepositories.withPassword("dev", "git-pass");
    Path tls = Files.createDirectory(folder.resolve("tls"));
    TlsFiles.make(tls);
    tokens =
        FakeRegistry.answering(
            FakeTokenService.signing(tls)
                .user("alice", "alice's own password")
                .user("bob", "bob's own password"));
    registry = DebianRegistry.startWithTokens(URI.create(tokens.address() + "/token"), tls);
    registries = new Registries(RegistryOptions.defaults(), Network.ofJdk());
    push("bob/busybox:1", BOB, folder.resolve("base"));
    push("alice/private:1", ALICE, folder.resolve("private"));
    var options = OwnBuildkitdOptions.defaults(folder.resolve("work"), System.getenv());
    engine =
        BuildkitEngine.open(
            OwnBuildkitd.find(options).orElseThrow(), StepNetwork.AUTO, registries.tokens());
  }

  @AfterAll
  void close() throws Exception {
    for (AutoCloseable part : new AutoCloseable[] {engine, registries, registry, tokens, git}) {
      if (part != null) {
        part.close();
      }
    }
  }

  @Test
  void repositoryBecomesAWorkspaceImage(@TempDir Path folder) throws Exception {
    commit("FROM " + name("bob/busybox:1") + "\nCOPY . /app\nRUN cat /app/file; env\n");
    tokens.forget();
    var recorder = new Recorder();

    BuildOutcome outcome = pipeline().run(order(), folder, recorder);

    assertThat(outcome).as(recorder.text()).isInstanceOf(BuildOutcome.Succeeded.class);
    var image = ((BuildOutcome.Succeeded) outcome).workspaceImage();
    assertThat(
            registries
                .images(Platform.ofThisMachine())
                .resolve(ImageReference.parse(name("alice/workspace:app")), ALICE, Attempts.ONE)
                .digest())
        .contains(image);
    assertThat(recorder.text())
        .contains("from git")
        .doesNotContain("git-pass", "own password", "token-");
    assertThat(recorder.events())
        .startsWith(new BuildEvent.Preparing())
        .endsWith(new BuildEvent.Pushing(), new BuildEvent.Copying());
  }

  @Test
  void passwordsAreOnlyEverShownByUs(@TempDir Path folder) throws Exception {
    commit("FROM " + name("bob/busybox:1") + "\nRUN echo " + folder.getFileName() + "\n");
    tokens.forget();

    var _ = pipeline().run(order(), folder, new Recorder());

    assertThat(tokens.requests())
        .isNotEmpty()
        .allSatisfy(request ->
            assertThat(request.method() + request.text()).contains("client_id=image-builder"));
  }

  @Test
  void installationsRightsReadNothingForADockerfile(@TempDir Path folder) throws Exception {
    commit("FROM " + name("alice/private:1") + "\n");

    Failed failed = (Failed) pipeline().run(order(), folder, new Recorder());

    assertThat(failed.reason()).isEqualTo(FailureReason.REGISTRY_DENIED);
    assertThat(failed.blame()).isEqualTo(Blame.USER);
    assertThat(failed.text()).contains("alice/private");
  }

  private void commit(String dockerfile) throws Exception {
    git.commit("app", Map.of("Dockerfile", dockerfile, "file", "from git\n"));
  }

  private Pipeline pipeline() {
    return new Pipeline(
        PipelineOptions.defaults(),
        engine,
        registries.transfer(),
        new GitSources(GitOptions.defaults(), Network.ofJdk()));
  }

  private BuildOrder order() {
    var login = new GitLogin("dev", Secret.of("git-pass"));
    var source =
        new GitSource(git.url("app"), "", CloneMode.REMOTE_BRANCH, "main", ".", false, login);
    return new BuildOrder(
        BuildId.random(),
        "",
        new BuildSource.Dockerfile(source, "", "Dockerfile", "."),
        name("alice/bases:app"),
        name("alice/workspace:app"),
        "",
        Force.IF_MISSING,
        new TwoPeople());
  }

  private String name(String rest) {
    return registry.domain() + "/" + rest;
  }

  private void push(String to, Credential credential, Path layout) throws Exception {
    registries
        .transfer()
        .pushLayout(
            TestImages.busybox().writeLayout(layout),
            ImageReference.parse(name(to)),
            new RegistryCredentials() {
              @Override
              public Credential forPull(Repository repository) {
                return credential;
              }

              @Override
              public Credential forPush(Repository repository) {
                return credential;
              }
            });
  }

  /** Bob reads, Alice writes; what Alice has written the copy may read. */
  private static final class TwoPeople implements RegistryCredentials {

    @Override
    public Credential forPull(Repository repository) {
      return repository.path().equals("alice/bases") ? ALICE : BOB;
    }

    @Override
    public Credential forPush(Repository repository) {
      return ALICE;
    }
  }
}
