package dev.imagebuilder.pipeline.buildah;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildOutcome.Blame;
import dev.imagebuilder.core.BuildOutcome.FailedStep;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.DockerfileWishes;
import dev.imagebuilder.core.Engine.DockerfileBuild;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.pipeline.Recorder;
import dev.imagebuilder.testing.DebianRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BuildahEngineIT {
  private EngineHouse house;

  @BeforeAll
  void open() throws Exception {
    house = EngineHouse.open();
  }

  @AfterAll
  void close() throws Exception {
    if (house != null) {
      house.close();
    }
  }

  @Test
  void imageOfSeveralStagesIsPushedAsBuilt() throws Exception {
    var build =
        house.dockerfile(
            """
            FROM BASE AS first
            RUN echo one > /one
            FROM BASE
            SHELL ["/bin/sh", "-ec"]
            HEALTHCHECK CMD true
            COPY --from=first /one /one
            COPY hello /hello
            RUN cat /one /hello
            """);
    Recorder recorder = new Recorder();

    Digest pushed = house.engine.build(build, recorder);

    byte[] manifest = house.registry.client().manifest("out", pushed.toString()).orElseThrow();
    assertThat(Digest.of(manifest)).isEqualTo(pushed);
    assertThat(new String(manifest, UTF_8))
        .contains("application/vnd.oci.image.manifest.v1+json")
        .doesNotContain("docker");
    assertThat(recorder.text()).contains("one\nhello from the context\n");
    assertThat(recorder.events())
        .contains(new BuildEvent.Building(2, 2, "RUN echo one > /one"), new BuildEvent.Pushing());
    assertThat(house.builds()).isEmptyDirectory();
  }

  @Test
  void sameDockerfileAgainComesFromTheCacheUnlessForced() throws Exception {
    var build = house.dockerfile("FROM BASE\nRUN cat /proc/uptime > /when\n");
    Digest first = house.engine.build(build, new Recorder());

    Recorder recorder = new Recorder();
    Digest again = house.engine.build(build, recorder);
    Digest forced = house.engine.build(forced(build), new Recorder());

    assertThat(recorder.text()).contains("Using cache");
    assertThat(again).isEqualTo(first);
    assertThat(forced).isNotEqualTo(first);
  }

  @Test
  void failingStepIsNamedWithLineAndExitCode() throws Exception {
    var failed =
        house.failure(house.dockerfile("FROM BASE\n\n# why\nRUN echo out; \\\n  exit 7\n"));

    assertThat(failed.reason()).isEqualTo(FailureReason.STEP_FAILED);
    assertThat(failed.blame()).isEqualTo(Blame.USER);
    assertThat(failed.step()).isEqualTo(new FailedStep("RUN echo out;   exit 7", 4, 7));
    assertThat(failed.message()).contains("step 2/2").contains("exit code 7");
    assertThat(house.builds()).isEmptyDirectory();
  }

  @Test
  void missingFileOfACopyIsTheUsersFault() throws Exception {
    var failed = house.failure(house.dockerfile("FROM BASE\nCOPY nothing /x\n"));

    assertThat(failed.reason()).isEqualTo(FailureReason.STEP_FAILED);
    assertThat(failed.message()).contains("COPY nothing /x").contains("\"/nothing\" is not there");
    assertThat(failed.message()).doesNotContain(house.folder.path().toString());
  }

  @Test
  void unknownInstructionIsAnInvalidDockerfile() throws Exception {
    var failed = house.failure(house.dockerfile("FROM BASE\nFOO bar\n"));

    assertThat(failed.reason()).isEqualTo(FailureReason.DOCKERFILE_INVALID);
    assertThat(failed.message()).contains("FOO");
  }

  @Test
  void linkFlagNeedsBuildKit() throws Exception {
    var failed = house.failure(house.dockerfile("FROM BASE\nCOPY --link hello /x\n"));

    assertThat(failed.reason()).isEqualTo(FailureReason.DOCKERFILE_INVALID);
    assertThat(failed.text()).contains("BuildKit");
  }

  @Test
  void missingBaseImageIsNamed() throws Exception {
    var failed = house.failure(house.dockerfile("FROM " + house.reference("base/none:1") + "\n"));

    assertThat(failed.reason()).isEqualTo(FailureReason.BASE_IMAGE_MISSING);
    assertThat(failed.message()).contains("base/none");
  }

  @Test
  void anotherBuildsPrivateBaseImageIsNotTakenFromTheCache() throws Exception {
    var allowed = house.dockerfile("FROM BASE\nRUN true\n");
    house.engine.build(allowed, new Recorder());
    var stranger =
        new DockerfileBuild(
            BuildId.random(),
            allowed.context(),
            allowed.dockerfile(),
            allowed.target(),
            allowed.force(),
            EngineHouse.credentials(Credential.anonymous()),
            DockerfileWishes.NONE,
            allowed.cache());

    var failed = house.failure(stranger);

    assertThat(failed.reason()).isEqualTo(FailureReason.REGISTRY_DENIED);
  }

  @Test
  void filesOfThisMachineAreNoBaseImages() throws Exception {
    for (String name : new String[] {"oci:/etc", "docker-archive:/etc/passwd", "dir:/"}) {
      var failed = house.failure(house.dockerfile("FROM " + name + "\nRUN true\n"));

      assertThat(failed.reason()).isEqualTo(FailureReason.DOCKERFILE_INVALID);
    }
  }

  @Test
  void triggerOfABaseImageCannotMountThisMachine() throws Exception {
    house.pushBase(
        "base/evil:1",
        "\"OnBuild\":[\"RUN --mount=type=bind,from=base,source=/l,target=/x cat /x/etc/passwd\"]");

    var failed =
        house.failure(house.dockerfile("FROM " + house.reference("base/evil:1") + "\nRUN true\n"));

    assertThat(failed.reason()).isEqualTo(FailureReason.DOCKERFILE_INVALID);
  }

  @Test
  void ignoredFilesDoNotReachTheImage() throws Exception {
    var build =
        house.context(
            Map.of(
                "Dockerfile",
                "FROM BASE\nCOPY . /all\nRUN ls /all; test ! -e /all/secret\n",
                ".dockerignore",
                "secret\n",
                "secret",
                "x",
                "open",
                "y"));

    house.engine.build(build, new Recorder());
  }

  @Test
  void stepSeesNoCredentialAndNoEngine() throws Exception {
    var build =
        house.dockerfile(
            """
            FROM BASE
            RUN env; mount; ps; cat /proc/*/environ /proc/*/cmdline; ls -a / /run /dev/shm /tmp; \\
              find / -type s 2>/dev/null; true
            RUN find / -xdev -type f -size -64k 2>/dev/null | grep -v -E '^/(proc|sys|bin)/' \\
              | while read f; do echo "$f"; cat "$f"; done
            """);
    Recorder recorder = new Recorder();

    house.engine.build(build, recorder);

    String basic = DebianRegistry.USER + ":" + DebianRegistry.PASSWORD;
    assertThat(recorder.text())
        .contains("PATH=/bin")
        .doesNotContain(DebianRegistry.PASSWORD)
        .doesNotContain(Base64.getEncoder().encodeToString(basic.getBytes(UTF_8)))
        .doesNotContain("auth.json")
        .doesNotContain("docker.sock")
        .doesNotContain("buildah --root");
  }

  @Test
  void describeSaysWhatRunsHow() {
    assertThat(house.engine.describe()).contains("buildah ").contains("storage").contains("RUN");
  }

  @Test
  void secretsFolderIsEmptyAfterBuilds() throws Exception {
    house.engine.build(house.dockerfile("FROM BASE\nRUN true\n"), new Recorder());

    try (var memory = Files.walk(Path.of("/dev/shm"))) {
      assertThat(memory.filter(path -> path.endsWith("auth.json"))).isEmpty();
    }
  }

  @Test
  void wishesAreFulfilledOrRefused() throws Exception {
    DockerfileBuild build =
        house.dockerfile(
            "FROM BASE AS first\nARG WHO=me\nRUN echo hello $WHO\nFROM first\nRUN false\n");
    DockerfileWishes wishes =
        DockerfileWishes.NONE.withStage("first").withBuildArgs(Map.of("WHO", "you"));
    var recorder = new Recorder();

    house.engine.build(wishing(build, wishes), recorder);

    assertThat(recorder.text()).contains("hello you\n");
    assertThat(
            house.failure(wishing(build, wishes.withSecrets(Map.of("x", Secret.of("y"))))).text())
        .contains("BuildKit");
  }

  private static DockerfileBuild wishing(DockerfileBuild build, DockerfileWishes wishes) {
    return new DockerfileBuild(
        build.id(),
        build.context(),
        build.dockerfile(),
        build.target(),
        build.force(),
        build.credentials(),
        wishes,
        build.cache());
  }

  private static DockerfileBuild forced(DockerfileBuild build) {
    return new DockerfileBuild(
        build.id(),
        build.context(),
        build.dockerfile(),
        build.target(),
        Force.ALWAYS,
        build.credentials(),
        build.wishes(),
        build.cache());
  }
}
