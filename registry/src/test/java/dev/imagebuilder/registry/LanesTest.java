package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.registry.Lanes.Lane;
import dev.imagebuilder.registry.Lanes.Place;
import dev.imagebuilder.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class LanesTest {

  @Test
  void aFullLaneIsWaitedForAndDelaysNoOther() throws Exception {
    Lanes lanes = new Lanes();
    List<Place> taken = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      taken.add(lanes.enter(Lane.DOWNLOAD));
    }
    lanes.enter(Lane.CALL).close();
    lanes.enter(Lane.UPLOAD).close();
    CompletableFuture<Place> seventh = new CompletableFuture<>();
    Thread waiting =
        Thread.ofVirtual()
            .start(() -> {
              try {
                seventh.complete(lanes.enter(Lane.DOWNLOAD));
              } catch (Exception e) {
                seventh.completeExceptionally(e);
              }
            });
    Eventually.eventually(
        Duration.ofSeconds(5), () -> waiting.getState() == Thread.State.TIMED_WAITING);
    assertThat(seventh).isNotDone();

    taken.getFirst().close();

    assertThat(seventh.get(5, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void aPlaceIsGivenBackOnce() throws Exception {
    Lanes lanes = new Lanes();
    List<Place> taken = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      taken.add(lanes.enter(Lane.UPLOAD));
    }

    taken.getFirst().close();
    taken.getFirst().close();
    lanes.enter(Lane.UPLOAD);

    CompletableFuture<Place> eighth = new CompletableFuture<>();
    Thread waiting =
        Thread.ofVirtual()
            .start(() -> {
              try {
                eighth.complete(lanes.enter(Lane.UPLOAD));
              } catch (Exception e) {
                eighth.completeExceptionally(e);
              }
            });
    Eventually.eventually(
        Duration.ofSeconds(5), () -> waiting.getState() == Thread.State.TIMED_WAITING);
    assertThat(eighth).isNotDone();
    waiting.interrupt();
    assertThat(eighth).failsWithin(Duration.ofSeconds(5));
  }
}
