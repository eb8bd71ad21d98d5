package dev.imagebuilder.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.service.FakeImages.Question;
import dev.imagebuilder.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class RefCacheTest {
  private static final Duration NEVER = Duration.ofHours(1);
  private static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Credential ANN = new Credential.Password("ann", Secret.of("s3cret"));
  private static final String FULL = "docker.io/gitpod/workspace-full:latest";

  private final FakeImages live = new FakeImages();

  @Test
  @Tag("row-79")
  void whatIsKnownIsAnsweredWithoutAskingWhoeverAsks() throws Exception {
    live.with(FULL);
    try (RefCache cache = started(NEVER)) {
      await(cache);

      assertThat(resolve(cache, FULL)).isEqualTo(FakeImages.digestForm(FULL));
      assertThat(resolve(cache, "gitpod/workspace-full:latest"))
          .isEqualTo(FakeImages.digestForm(FULL));
    }
    assertThat(live.questions())
        .containsExactly(new Question(FULL, Credential.anonymous(), Attempts.SEVERAL));
  }

  @Test
  @Tag("row-79")
  void everythingElseIsAskedOfTheRegistryAsItsCaller() throws Exception {
    live.with(FULL).with("quay.io/a/b:1");
    try (RefCache cache = started(NEVER)) {
      await(cache);

      assertThat(resolve(cache, "quay.io/a/b:1")).isEqualTo(FakeImages.digestForm("quay.io/a/b:1"));
      assertThatThrownBy(() -> resolve(cache, "docker.io/gitpod/workspace-full:other"))
          .isInstanceOf(RegistryException.class);
    }
    assertThat(live.questions()).contains(new Question("quay.io/a/b:1", ANN, Attempts.ONE));
  }

  @Test
  @Tag("row-79")
  void aRegistryThatDoesNotAnswerHoldsUpNeitherTheStartNorOthers() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    live.with(FULL).with("quay.io/a/b:1").holdingNextAnswer(open);

    try (RefCache cache = started(NEVER)) {
      Eventually.eventually(PATIENCE, () -> live.questions().size() == 1);

      assertThat(resolve(cache, "quay.io/a/b:1")).isNotEmpty();
      assertThat(resolve(cache, FULL)).isEqualTo(FakeImages.digestForm(FULL));
      assertThat(live.questions()).hasSize(3);
    }
    assertThat(open.getCount()).isEqualTo(1);
  }

  @Test
  @Tag("row-80")
  void whatCannotBeLookedUpAgainStaysAsItWas() throws Exception {
    live.with(FULL);
    try (RefCache cache = started(AT_ONCE)) {
      await(cache);
      live.failing(FULL, Reason.TRANSPORT);
      int before = live.questions().size();
      Eventually.eventually(PATIENCE, () -> live.questions().size() > before + 3);

      assertThat(resolve(cache, FULL)).isEqualTo(FakeImages.digestForm(FULL));
    }
  }

  @Test
  void aTagThatMovesIsSeenInTheNextRound() throws Exception {
    live.with(FULL);
    try (RefCache cache = started(AT_ONCE)) {
      await(cache);
      String moved = "sha256:" + "b".repeat(64);
      live.moving(FULL, moved);

      Eventually.eventually(PATIENCE, () -> resolveQuietly(cache, FULL).endsWith(moved));
    }
  }

  private RefCache started(Duration interval) {
    return RefCache.start(live, List.of(ImageReference.parse(FULL)), interval);
  }

  /** Waits until the cache answers by itself. */
  private void await(RefCache cache) {
    Eventually.eventually(
        PATIENCE,
        () -> {
          long before = asked();
          resolve(cache, FULL);
          assertThat(asked()).isEqualTo(before);
        });
    live.questions().removeIf(question -> question.credential().equals(ANN));
  }

  private long asked() {
    return live.questions().stream().filter(each -> each.credential().equals(ANN)).count();
  }

  private static String resolve(RefCache cache, String reference) throws Exception {
    return cache.resolve(ImageReference.parse(reference), ANN, Attempts.ONE).toString();
  }

  private static String resolveQuietly(RefCache cache, String reference) {
    try {
      return resolve(cache, reference);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
