package dev.imagebuilder.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.imagebuilder.core.BuildStep;
import dev.imagebuilder.core.BuildStep.State;
import dev.imagebuilder.service.Build.StepView;
import dev.imagebuilder.service.Build.Steps;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class StepBoardTest {
  private static final Duration NOT_LONG = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofSeconds(20);

  private final StepBoard board = new StepBoard();

  @Test
  void lateWatcherSeesWhatHoldsNow() throws Exception {
    board.note(new BuildStep("a", "FROM x", new State.Started()));
    board.note(new BuildStep("a", "FROM x", new State.Cached()));
    board.note(new BuildStep("b", "RUN y", new State.Started()));

    Steps steps = board.await(0, LONG);

    assertThat(steps.changed())
        .extracting(StepView::name, StepView::state)
        .containsExactly(tuple("FROM x", new State.Cached()), tuple("RUN y", new State.Started()));
    assertThat(steps.isLast()).isFalse();
    assertThat(board.count()).isEqualTo(2);
    assertThat(board.cached()).isEqualTo(1);
  }

  @Test
  void watcherGetsOnlyWhatHasChanged() throws Exception {
    board.note(new BuildStep("a", "FROM x", new State.Started()));
    board.note(new BuildStep("b", "RUN y", new State.Started()));
    long seen = board.await(0, LONG).version();

    assertThat(board.await(seen, NOT_LONG).changed()).isEmpty();
    board.note(new BuildStep("a", "FROM x", new State.Completed(Duration.ofSeconds(1))));

    assertThat(board.await(seen, LONG).changed()).extracting(StepView::id).containsExactly("a");
  }

  @Test
  void transfersKeepTheirNewestStateBesideTheSteps() throws Exception {
    board.note(new BuildStep("a", "export", new State.Started()));
    board.note(new BuildStep("a", "export", new State.Transferred("layer 1", 10, 100)));
    board.note(new BuildStep("a", "export", new State.Transferred("layer 2", 5, 0)));
    board.note(new BuildStep("a", "export", new State.Transferred("layer 1", 100, 100)));

    StepView view = board.await(0, LONG).changed().getFirst();

    assertThat(view.state()).isEqualTo(new State.Started());
    assertThat(view.transfers())
        .containsExactly(
            new State.Transferred("layer 1", 100, 100), new State.Transferred("layer 2", 5, 0));
  }

  @Test
  void closedBoardLetsNobodyWait() throws Exception {
    board.close();
    board.note(new BuildStep("a", "late", new State.Started()));

    Steps steps = board.await(0, LONG);

    assertThat(steps.isLast()).isTrue();
    assertThat(steps.changed()).isEmpty();
  }
}
