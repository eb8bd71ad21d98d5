package dev.imagebuilder.pipeline.buildah;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildStep;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BuildahOutputTest {
  private final Recorder listener = new Recorder();
  private final BuildahOutput output = new BuildahOutput(listener);

  private void prints(String text) {
    output.accept(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void stepsBeginEndAndAreCached() {
    prints("STEP 1/3: FROM a\nSTEP 2/3: COPY b /b\n--> Using cache 0123abcd\nSTEP 3/3: RUN c\n");
    prints("output\nCOMMIT\n");

    assertThat(output.end(0)).isEmpty();
    assertThat(listener.steps)
        .containsExactly(
            "1.1 [1/3] FROM a Started",
            "1.1 [1/3] FROM a Completed",
            "1.2 [2/3] COPY b /b Started",
            "1.2 [2/3] COPY b /b Cached",
            "1.3 [3/3] RUN c Started",
            "1.3 [3/3] RUN c Completed");
  }

  @Test
  void stepsOfLaterStagesSayWhichStage() {
    prints("[1/2] STEP 1/1: FROM a AS x\n[2/2] STEP 1/1: FROM b\n[2/2] COMMIT\n");

    assertThat(listener.steps)
        .contains("1.1 [1/1] FROM a AS x Completed", "2.1 [stage 2, 1/1] FROM b Completed");
  }

  @Test
  void stepInWhichBuildahEndsBadlyHasFailedWhateverItSaid() {
    prints("STEP 1/1: RUN false\n");

    assertThat(output.end(137)).isEmpty();
    assertThat(listener.steps).last().isEqualTo("1.1 [1/1] RUN false Failed");
  }

  /** Keeps the steps. */
  private static final class Recorder implements BuildListener {
    private final List<String> steps = new ArrayList<>();

    @Override
    public void event(BuildEvent event) {
      // Steps are told beside it.
    }

    @Override
    public void log(byte[] bytes) {
      // Is what was printed.
    }

    @Override
    public void step(BuildStep step) {
      steps.add(step.id() + " " + step.name() + " " + step.state().getClass().getSimpleName());
    }
  }
}
