package dev.imagebuilder.buildkit;

import static dev.imagebuilder.buildkit.BuildkitHouse.LOGIN;
import static dev.imagebuilder.buildkit.BuildkitHouse.credentials;
import static dev.imagebuilder.buildkit.BuildkitHouse.forced;
import static dev.imagebuilder.buildkit.BuildkitHouse.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.buildkit.docker.DockerApi.Image;
import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildOutcome.Blame;
import dev.imagebuilder.core.BuildOutcome.FailedStep;
import dev.imagebuilder.core.BuildStep.State;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.LayerCache;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.DebianRegistry.Feature;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Builds with Debian's Docker Engine, which pushes to a real registry that wants a password. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DockerEngineIT {
  private DockerHouse house;

  @BeforeAll
  void open() throws Exception {
    house = DockerHouse.open(Feature.PASSWORD);
  }

  @AfterEach
  void nothingOfOursIsInTheEnginesStore() throws Exception {
    assertThat(house.docker.imagesOf(DockerHouse.OWNER)).isEmpty();
  }

  @AfterAll
  void close() throws Exception {
    if (house != null) {
      house.close();
    }
  }

  @Test
  void saysWhoItIsAndWhatItCannotDo() {
    assertThat(house.engine.describe())
        .startsWith("Docker Engine 20.10.")
        .contains(
            " at unix://" + house.daemon.socket() + " (its usual socket; WARNING: before 25.0.2 ",
            "pushes from its image store",
            "no layer cache in registries",
            "no lines of the Dockerfile in failures")
        .endsWith("RUN steps without network");
    assertThat(house.engine.isOfSafeVersion()).isFalse();
  }

  @Test
  void buildsPushesAndTellsHowItGoes() throws Exception {
    var recorder = new Recorder();
    String step = "RUN cat /hello; dd if=/dev/urandom of=/big bs=1M count=4";
    var build = house.dockerfile("FROM BASE\nCOPY hello /\n" + step + "\n");

    Digest digest = house.built(build, recorder);

    assertThat(house.registry.client().digest("out", build.target().identifier())).contains(digest);
    assertThat(house.docker.image(build.target().toString())).isEmpty();
    assertThat(recorder.text())
        .contains(" hello from the context\n", " DONE ")
        .endsWith("pushed " + build.target().withDigest(digest) + "\n");
    assertThat(recorder.events())
        .contains(new BuildEvent.Building(3, 3, step))
        .endsWith(new BuildEvent.Pushing());
    assertThat(recorder.states(step))
        .hasSize(2)
        .startsWith(new State.Started())
        .last()
        .isInstanceOf(State.Completed.class);
    assertThat(recorder.states("pushing " + build.target()))
        .startsWith(new State.Started())
        .anyMatch(state -> state instanceof State.Transferred(_, long done, _) && done > 0)
        .last()
        .isInstanceOf(State.Completed.class);
  }

  @Test
  void secondBuildIsCachedAndAForcedOneIsNot() throws Exception {
    var build = house.dockerfile("FROM BASE\nCOPY hello /\nRUN echo once > /cached\n");
    house.built(build, new Recorder());
    var second = new Recorder();
    var third = new Recorder();

    house.built(build, second);
    house.built(forced(build), third);

    assertThat(second.states("RUN echo once > /cached")).containsExactly(new State.Cached());
    assertThat(third.states("RUN echo once > /cached")).doesNotContain(new State.Cached());
  }

  @Test
  void buildsWithoutATagArePushedUnderOneThatTheNextUsesAgain() throws Exception {
    String tag = "dir-" + DockerHouse.OWNER + "-0";
    var first = house.untagged(house.dockerfile("FROM BASE\nRUN echo first >/made\n"));
    var second = house.untagged(house.dockerfile("FROM BASE\nRUN echo second >/made\n"));

    Digest before = house.built(first, new Recorder());
    assertThat(house.registry.client().digest("out", tag)).contains(before);
    Digest after = house.built(second, new Recorder());

    assertThat(house.registry.client().digest("out", tag)).contains(after);
    assertThat(after).isNotEqualTo(before);
    // Who has the digest still finds the first one.
    assertThat(house.registry.client().digest("out", before.toString())).contains(before);
    assertThat(house.docker.imagesOf(house.reference("out").toString())).isEmpty();
  }

  @Test
  void failedStepHasItsExitCode() throws Exception {
    var failed = house.failure("FROM BASE\n\nRUN echo on && exit 3\n");

    assertThat(failed.reason()).isEqualTo(FailureReason.STEP_FAILED);
    assertThat(failed.text())
        .isEqualTo("build failed: step 2/2 \"RUN echo on && exit 3\": exit code 3");
    assertThat(failed.step()).isEqualTo(new FailedStep("RUN echo on && exit 3", 0, 3));
  }

  @Test
  void missingSourceAndSecretAreFailedSteps() throws Exception {
    var copy = house.failure("FROM BASE\nCOPY missing /\n");
    var secret =
        house.failure("FROM BASE\nRUN --mount=type=secret,id=x,required=true echo with it\n");

    assertThat(copy.reason()).isEqualTo(FailureReason.STEP_FAILED);
    assertThat(copy.text())
        .startsWith("build failed: step 2/2 \"COPY missing /\": \"/missing\" is not there");
    assertThat(secret.reason()).isEqualTo(FailureReason.STEP_FAILED);
    assertThat(secret.text()).contains("echo with it", "secret x not found");
  }

  @Test
  void faultsOfTheDockerfileAreInvalid() throws Exception {
    var syntax = house.failure("FROM BASE\nRUNN x\n");

    assertThat(syntax.reason()).isEqualTo(FailureReason.DOCKERFILE_INVALID);
    assertThat(syntax.text()).contains("line 2", "RUNN");
    for (String text : new String[] {"", "RUN true\n", "FROM BASE\nRUN --network=host true\n"}) {
      assertThat(house.failure(text).reason()).as(text).isEqualTo(FailureReason.DOCKERFILE_INVALID);
    }
  }

  @Test
  void imagesAndRegistriesThatAreNotThereAreNamed() throws Exception {
    var image = house.failure("FROM " + house.reference("none:1") + "\n");
    var registry = house.failure("FROM localhost:1/none:1\n");

    assertThat(image.reason()).isEqualTo(FailureReason.BASE_IMAGE_MISSING);
    assertThat(image.text())
        .startsWith("build failed: resolve " + house.reference("none:1") + ": ");
    assertThat(registry.reason()).isEqualTo(FailureReason.REGISTRY_ERROR);
    assertThat(registry.text()).contains("localhost:1/none:1", "connection refused");
  }

  @Test
  void passwordForPushingIsNotUsedToRead() throws Exception {
    var build = house.dockerfile("FROM BASE\nRUN true\n");

    var refused = house.failure(with(build, credentials(Credential.anonymous(), LOGIN)));
    var unpushed = house.failure(with(build, credentials(LOGIN, Credential.anonymous())));

    assertThat(refused.reason()).isEqualTo(FailureReason.REGISTRY_DENIED);
    assertThat(refused.text()).startsWith("build failed: resolve ").contains("base/busybox");
    assertThat(unpushed.reason()).isEqualTo(FailureReason.REGISTRY_DENIED);
    assertThat(unpushed.blame()).isEqualTo(Blame.SYSTEM);
    assertThat(unpushed.text()).startsWith("push " + build.target());
  }

  @Test
  void imageOfTheEnginesStoreIsNotReadByADockerfile() throws Exception {
    String name = house.reference("only/there:1").toString();
    house.imported(name);

    var failed = house.failure("FROM " + name + "\nRUN true\n");

    assertThat(failed.reason()).isEqualTo(FailureReason.BASE_IMAGE_MISSING);
    house.docker.untag(name);
  }

  @Test
  void nameThatWasTakenIsGivenBack() throws Exception {
    var build = house.dockerfile("FROM BASE\nRUN echo mine\n");
    String name = build.target().toString();
    String before = house.imported(name);

    Digest digest = house.built(build, new Recorder());

    assertThat(house.registry.client().digest("out", build.target().identifier())).contains(digest);
    assertThat(house.docker.image(name).map(Image::id)).isEqualTo(Optional.of(before));
    house.docker.untag(name);
    assertThat(house.docker.imagesOf(house.reference("out").toString())).isEmpty();
  }

  @Test
  void namesOfAnEarlierProcessAreRemoved() throws Exception {
    house.imported(DockerHouse.OWNER + ":left");

    try (DockerEngine _ = DockerHouse.engine(house.daemon)) {
      assertThat(house.docker.imagesOf(DockerHouse.OWNER)).isEmpty();
    }
  }

  @Test
  void cacheInARegistryIsSaidToBeMissing() throws Exception {
    var recorder = new Recorder();
    var cache = new LayerCache.InRegistry(house.reference("out:cache"));

    house.built(with(house.dockerfile("FROM BASE\nRUN echo c\n"), cache), recorder);

    assertThat(recorder.text()).startsWith("This Docker Engine keeps layers on its machine only");
    assertThat(house.registry.client().digest("out", "cache")).isEmpty();
  }

  @Test
  void wishesAreFulfilled() throws Exception {
    var recorder = new Recorder();

    house.built(house.wishful(), recorder);

    assertThat(recorder.text()).contains(" you 11 characters\n").doesNotContain("very secret");
  }

  @Test
  void nothingSecretIsWithinAStepsReach() throws Exception {
    var recorder = new Recorder();

    house.built(house.curious(), recorder);

    assertThat(recorder.text())
        .doesNotContain(
            DebianRegistry.PASSWORD, DebianRegistry.USER, house.daemon.folder().toString());
    assertThat(recorder.text().lines().filter(line -> line.matches("#\\d+ /.*"))).isEmpty();
  }
}
