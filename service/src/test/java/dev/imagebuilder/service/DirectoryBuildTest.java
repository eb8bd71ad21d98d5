package dev.imagebuilder.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildRequest;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.DockerfileWishes;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.service.Build.Facts.Cause;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory's image is named after its content, which is known when it is built. */
final class DirectoryBuildTest {
  private static final Digest BASE = Digest.of("base".getBytes(StandardCharsets.UTF_8));
  private static final String BASE_REF = ServiceFixture.BASES + "@" + BASE;
  private static final String REF =
      new ImageNames(ServiceFixture.BASES, ServiceFixture.WORKSPACES).workspaceRef(BASE_REF);

  @TempDir Path logs;
  private ServiceFixture house;

  @BeforeEach
  void open() throws IOException {
    house = new ServiceFixture(logs);
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void imageIsNamedAfterItsContentAndThenCopied() throws Exception {
    Build build = house.build(directory());
    assertThat(build.snapshot().ref()).isEmpty();
    assertThat(build.facts().cause()).isEqualTo(Cause.DIRECTORY);

    ScriptedBackend.Run making = house.backend.next();
    assertThat(making.order().source()).isInstanceOf(BuildSource.Directory.class);
    assertThat(making.order().baseRef()).isEqualTo(ServiceFixture.BASES);
    making.end(() -> new BuildOutcome.Succeeded(BASE));
    ScriptedBackend.Run copying = house.backend.next();
    assertThat(copying.order().source()).isEqualTo(new BuildSource.Image(BASE_REF));
    assertThat(copying.order().workspaceRef()).isEqualTo(REF);
    copying.succeed();

    assertThat(ServiceFixture.outcomeOf(build)).isInstanceOf(BuildOutcome.Succeeded.class);
    assertThat(build.snapshot().ref()).isEqualTo(REF);
    assertThat(build.snapshot().baseRef()).isEqualTo(BASE_REF);
    assertThat(house.service.findByWorkspaceRef(REF).orElseThrow().id()).isEqualTo(build.id());
    assertThat(ServiceFixture.logOf(build, 0)).endsWith("built " + REF + "\n");
  }

  @Test
  void nothingIsCopiedWhereNothingHasChanged() throws Exception {
    house.images.with(REF);
    Build build = house.build(directory());

    house.backend.next().end(() -> new BuildOutcome.Succeeded(BASE));

    assertThat(ServiceFixture.outcomeOf(build)).isInstanceOf(BuildOutcome.Succeeded.class);
    assertThat(house.backend.orders()).hasSize(1);
  }

  @Test
  void equalDirectoriesAreNotJoined() throws Exception {
    Build one = house.build(directory());
    Build other = house.build(directory());

    assertThat(other.id()).isNotEqualTo(one.id());
    assertThat(house.service.running()).hasSize(2);
  }

  @Test
  void buildThatIsAbandonedSaysWhy() throws Exception {
    Build build = house.build(directory());
    var _ = house.backend.next();

    build.abandon("the client has gone");

    assertThat(ServiceFixture.outcomeOf(build))
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(FailureReason.SOURCE_UNREACHABLE);
              assertThat(failed.text()).contains("the client has gone");
            });
  }

  @Test
  void failureOfTheEngineIsTheBuilds() throws Exception {
    Build build = house.build(directory());

    house.backend.next().fail(Failed.byUser(FailureReason.STEP_FAILED, "it failed", ""));

    assertThat(ServiceFixture.await(build, Build.Snapshot::isFinished).event())
        .isInstanceOf(BuildEvent.Finished.class);
    assertThat(house.backend.orders()).hasSize(1);
  }

  private static BuildRequest directory() {
    var source =
        new BuildSource.Directory(
            (_, _) -> {
              throw new IOException("nobody asks in this test");
            },
            "Dockerfile",
            DockerfileWishes.NONE);
    return ServiceFixture.request(source);
  }
}
