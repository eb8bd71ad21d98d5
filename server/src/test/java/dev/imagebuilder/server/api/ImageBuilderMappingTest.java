package dev.imagebuilder.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.GitSource;
import dev.imagebuilder.core.GitSource.CloneMode;
import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.core.LogLocation;
import dev.imagebuilder.core.RegistryAuth;
import dev.imagebuilder.core.RegistryAuth.Mode;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.proto.builder.BuildRegistryAuth;
import dev.imagebuilder.proto.builder.BuildRegistryAuthSelective;
import dev.imagebuilder.proto.builder.BuildRegistryAuthTotal;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildSourceDockerfile;
import dev.imagebuilder.proto.builder.BuildStatus;
import dev.imagebuilder.proto.contentservice.CloneTargetMode;
import dev.imagebuilder.proto.contentservice.EmptyInitializer;
import dev.imagebuilder.proto.contentservice.GitAuthMethod;
import dev.imagebuilder.proto.contentservice.GitConfig;
import dev.imagebuilder.proto.contentservice.GitInitializer;
import dev.imagebuilder.proto.contentservice.WorkspaceInitializer;
import dev.imagebuilder.service.Build.Snapshot;
import dev.imagebuilder.service.RequestFault;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class ImageBuilderMappingTest {

  @Test
  @Tag("row-53")
  void dockerfileSourceKeepsItsPathsRaw() throws RequestFault {
    GitInitializer git =
        GitInitializer.newBuilder()
            .setRemoteUri("https://git.example/a.git")
            .setUpstreamRemoteUri("https://git.example/up.git")
            .setTargetMode(CloneTargetMode.REMOTE_BRANCH)
            .setCloneTaget("main")
            .setCheckoutLocation(".")
            .setFullClone(true)
            .setConfig(
                GitConfig.newBuilder()
                    .setAuthentication(GitAuthMethod.BASIC_AUTH)
                    .setAuthUser("eve")
                    .setAuthPassword("pw")
                    .putCustomConfig("core.sshCommand", "evil"))
            .build();
    BuildRequest request =
        request(
            BuildSourceDockerfile.newBuilder()
                .setSource(WorkspaceInitializer.newBuilder().setGit(git))
                .setDockerfileVersion("v")
                .setDockerfilePath("./a//Dockerfile")
                .setContextPath("./a/"));

    assertThat(ImageBuilderMapping.request(request).source())
        .isEqualTo(
            new BuildSource.Dockerfile(
                new GitSource(
                    "https://git.example/a.git",
                    "https://git.example/up.git",
                    CloneMode.REMOTE_BRANCH,
                    "main",
                    ".",
                    true,
                    new GitLogin("eve", Secret.of("pw")),
                    new GitSource.Extras(Map.of("core.sshCommand", "evil"), Secret.of(""))),
                "v",
                "./a//Dockerfile",
                "./a/"));
  }

  @Test
  @Tag("row-9")
  void onlyGitDirectlyIsSupported() throws RequestFault {
    var empty =
        WorkspaceInitializer.newBuilder().setEmpty(EmptyInitializer.getDefaultInstance()).build();

    for (WorkspaceInitializer source : List.of(empty, WorkspaceInitializer.getDefaultInstance())) {
      BuildRequest request = request(BuildSourceDockerfile.newBuilder().setSource(source));

      assertThat(ImageBuilderMapping.request(request).source())
          .isEqualTo(new BuildSource.Unsupported("unsupported context initializer"));
    }
    assertThat(ImageBuilderMapping.request(request(BuildSourceDockerfile.newBuilder())).source())
        .isEqualTo(new BuildSource.Unsupported("unsupported context initializer"));
  }

  @Test
  @Tag("row-10")
  void sourceWithoutKindIsAnInvalidBaseImage() throws RequestFault {
    var source = dev.imagebuilder.proto.builder.BuildSource.getDefaultInstance();

    assertThat(ImageBuilderMapping.source(true, source))
        .isEqualTo(new BuildSource.Unsupported("invalid base image"));
  }

  @Test
  void unknownModesAreRefused() {
    for (GitInitializer git :
        List.of(
            GitInitializer.newBuilder()
                .setConfig(GitConfig.newBuilder().setAuthenticationValue(17))
                .build(),
            GitInitializer.newBuilder().setTargetModeValue(17).build())) {
      BuildRequest request =
          request(
              BuildSourceDockerfile.newBuilder()
                  .setSource(WorkspaceInitializer.newBuilder().setGit(git)));

      assertThatThrownBy(() -> ImageBuilderMapping.request(request))
          .isInstanceOfSatisfying(
              RequestFault.class,
              fault -> assertThat(fault.kind()).isEqualTo(RequestFault.Kind.INVALID_ARGUMENT))
          .hasMessageStartingWith("unsupported ");
    }
  }

  @Test
  @Tag("row-66")
  void registryAuthFollowsThePolicyTable() {
    var total = BuildRegistryAuthTotal.newBuilder();
    var selective =
        BuildRegistryAuthSelective.newBuilder().setAllowWorkspacerep(true).addAnyOf("docker.io");
    var none = BuildRegistryAuth.newBuilder().putAdditional("quay.io", "dTpw");

    assertThat(ImageBuilderMapping.auth(false, BuildRegistryAuth.getDefaultInstance()))
        .isEqualTo(RegistryAuth.NOTHING);
    assertThat(ImageBuilderMapping.auth(true, none.build()))
        .isEqualTo(new RegistryAuth(new Mode.Nothing(), Map.of("quay.io", Secret.of("dTpw"))));
    assertThat(mode(BuildRegistryAuth.newBuilder().setTotal(total))).isEqualTo(new Mode.Nothing());
    assertThat(mode(BuildRegistryAuth.newBuilder().setTotal(total.setAllowAll(true))))
        .isEqualTo(new Mode.All());
    assertThat(mode(BuildRegistryAuth.newBuilder().setSelective(selective)))
        .isEqualTo(new Mode.Selective(false, true, List.of("docker.io")));
  }

  @Test
  @Tag("row-81")
  void flagsBecomeWords() throws RequestFault {
    BuildRequest request =
        request(BuildSourceDockerfile.newBuilder()).toBuilder().setUseRetryClient(true).build();

    assertThat(ImageBuilderMapping.request(request).attempts()).isEqualTo(Attempts.SEVERAL);
    assertThat(ImageBuilderMapping.attempts(false)).isEqualTo(Attempts.ONE);
    assertThat(ImageBuilderMapping.request(request).force()).isEqualTo(Force.IF_MISSING);
  }

  @Test
  @Tag("row-35")
  void everyEventHasAMessageAndStatusesAgree() {
    for (BuildEvent event :
        List.of(
            new BuildEvent.Queued(3),
            new BuildEvent.Preparing(),
            new BuildEvent.Building(1, 2, "RUN x"),
            new BuildEvent.Building(0, 0, "RUN x"),
            new BuildEvent.Pushing(),
            new BuildEvent.Copying(),
            new BuildEvent.Finished(new BuildOutcome.Canceled("eve")))) {
      var response = ImageBuilderMapping.response(snapshot(event));

      assertThat(response.getMessage()).isNotEmpty();
      assertThat(response.getInfo().getStatus()).isEqualTo(response.getStatus());
      assertThat(response.getStatus())
          .isEqualTo(
              event instanceof BuildEvent.Finished
                  ? BuildStatus.done_failure
                  : BuildStatus.running);
      assertThat(response.getInfo().hasLogInfo()).isFalse();
    }
  }

  @Test
  @Tag("row-146")
  void row146LogInfoIsThereOnlyWithAUrl() {
    Snapshot without = snapshot(new BuildEvent.Preparing());
    Snapshot with =
        new Snapshot(
            without.id(),
            2,
            "eve",
            "ws",
            "base",
            Instant.EPOCH,
            without.event(),
            new LogLocation("https://w.example", Secret.of("token")));

    assertThat(ImageBuilderMapping.info(without).hasLogInfo()).isFalse();
    assertThat(ImageBuilderMapping.info(with).getLogInfo().getUrl()).isEqualTo("https://w.example");
    assertThat(ImageBuilderMapping.info(with).getLogInfo().getHeadersMap())
        .isEqualTo(Map.of("x-gitpod-owner-token", "token"));
  }

  @Test
  @Tag("row-28")
  @Tag("row-29")
  void row28And29BuildThatWasNotStartedIsAStatus() {
    var unavailable =
        BuildOutcome.Failed.bySystem(
            FailureReason.BACKEND_UNAVAILABLE,
            "workspace services are currently unavailable",
            "Try again later");
    var refused = BuildOutcome.Failed.bySystem(FailureReason.BACKEND_REFUSED, "no", "");
    var lost = BuildOutcome.Failed.bySystem(FailureReason.WORKSPACE_LOST, "lost", "");

    assertThat(notStarted(unavailable)).contains(RequestFault.Kind.UNAVAILABLE);
    assertThat(notStarted(refused)).contains(RequestFault.Kind.INTERNAL);
    assertThat(notStarted(lost)).isEmpty();
    assertThat(
            ImageBuilderMapping.notStarted(snapshot(new BuildEvent.Finished(unavailable)))
                .map(RequestFault::getMessage))
        .contains("workspace services are currently unavailable");
  }

  @Test
  void oneTimeLoginsAreHandedToTheBackend() throws RequestFault {
    GitInitializer git =
        GitInitializer.newBuilder()
            .setConfig(
                GitConfig.newBuilder()
                    .setAuthentication(GitAuthMethod.BASIC_AUTH_OTS)
                    .setAuthOts("https://ots.example/1"))
            .build();

    var source =
        (BuildSource.Dockerfile)
            ImageBuilderMapping.request(
                    request(
                        BuildSourceDockerfile.newBuilder()
                            .setSource(WorkspaceInitializer.newBuilder().setGit(git))))
                .source();

    assertThat(source.git().login()).isEqualTo(GitLogin.NONE);
    assertThat(source.git().extras().oneTimeLogin()).isEqualTo(Secret.of("https://ots.example/1"));
  }

  private static Optional<RequestFault.Kind> notStarted(BuildOutcome outcome) {
    return ImageBuilderMapping.notStarted(snapshot(new BuildEvent.Finished(outcome)))
        .map(RequestFault::kind);
  }

  private static Mode mode(BuildRegistryAuth.Builder auth) {
    return ImageBuilderMapping.auth(true, auth.build()).mode();
  }

  private static Snapshot snapshot(BuildEvent event) {
    return new Snapshot(BuildId.random(), 1, "eve", "ws", "base", Instant.EPOCH, event, null);
  }

  private static BuildRequest request(BuildSourceDockerfile.Builder file) {
    return BuildRequest.newBuilder()
        .setSource(dev.imagebuilder.proto.builder.BuildSource.newBuilder().setFile(file))
        .build();
  }
}
