package dev.imagebuilder.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.FailureReason;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Builds with a real buildkitd, and pushes to a real registry. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BuildkitEngineIT {
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
  void saysWhoItIs() {
    assertThat(house.engine.describe()).contains("buildkitd ", "our own", "snapshots");
  }

  @Test
  void buildsAndPushes() throws Exception {
    var recorder = new Recorder();
    var build = house.dockerfile("FROM BASE\nCOPY hello /\nRUN cat /hello; echo done >&2\n");

    var digest = house.built(build, recorder);

    assertThat(house.registry.client().digest("out", build.target().identifier())).contains(digest);
    assertThat(recorder.text()).contains("hello from the context\n", " done\n");
    assertThat(recorder.events())
        .contains(
            new BuildEvent.Building(3, 3, "RUN cat /hello; echo done >&2"),
            new BuildEvent.Pushing());
  }

  @Test
  void failingStepNamesItself() throws Exception {
    Failed failed = house.failure(house.dockerfile("FROM BASE\n\nRUN echo on && \\\n  exit 3\n"));

    System.err.println(failed);
    assertThat(failed.reason()).isEqualTo(FailureReason.STEP_FAILED);
  }

  @Test
  void others() throws Exception {
    for (String text :
        java.util.List.of(
            "FROM BASE\nRUNN x\n",
            "FROM BASE\nCOPY missing /\n",
            "FROM BASE AS a\nFROM nowhere\nCOPY --from=b x /\n",
            "FROM " + house.registry.domain() + "/none:1\n",
            "FROM localhost:1/none:1\n",
            "FROM BASE\nRUN --network=host true\n",
            "FROM BASE\nRUN --security=insecure true\n",
            "FROM BASE\nRUN --mount=type=secret,id=x,required=true cat /run/secrets/x\n",
            "FROM BASE\nRUN nosuchprogram\n",
            "FROM BASE\nRUN --mount=type=bind,from=nostage,target=/x true\n",
            "# just a comment\n",
            "")) {
      System.err.println(text + "  " + house.failure(house.context(Map.of("Dockerfile", text))));
    }
  }
}
