package dev.imagebuilder.registry;

import static dev.imagebuilder.registry.Ours.NOBODY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.Reply;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Registries that refuse: which failure it is, what it says, how often they are asked. */
final class RefusalsIT {
  private static final TestImage IMAGE = TestImages.oci("hello");
  private static final Credential ME = Ours.password("me", "hunter22");

  private final FakeRegistry fake;
  private final Ours ours;

  RefusalsIT() throws Exception {
    fake = FakeRegistry.start();
    ours = Ours.plain(fake.domain());
  }

  @AfterEach
  void close() {
    ours.close();
    fake.close();
  }

  @Test
  void statusesAndCodesBecomeReasons() {
    assertReason(Answer.of(Reply.error(404, "NAME_UNKNOWN")), Reason.NAME_UNKNOWN);
    assertReason(Answer.of(Reply.error(404, "MANIFEST_UNKNOWN")), Reason.MANIFEST_UNKNOWN);
    assertReason(Answer.of(Reply.of(404)), Reason.MANIFEST_UNKNOWN);
    assertReason(Answer.denied("DENIED"), Reason.DENIED);
    assertReason(Answer.unauthorized(), Reason.UNAUTHORIZED);
    assertReason(Answer.tooMany("3600"), Reason.RATE_LIMITED);
    assertReason(Answer.of(Reply.error(500, "UNKNOWN")), Reason.OTHER);
    assertReason(Answer.of(Reply.of(418)), Reason.OTHER);
  }

  @Test
  void aRefusalSaysWhatWasTriedOnWhatAndWhatToDo() throws Exception {
    fake.answer(Answer.denied("DENIED"));
    String name = fake.domain() + "/team/app";

    assertThat(ours.refusal(name + ":1", NOBODY))
        .hasMessageStartingWith("resolve " + name + ":1: 403")
        .hasMessageEndingWith("; there are no credentials for " + fake.domain());
    assertThat(ours.refusal(name + ":1", ME))
        .hasMessageEndingWith("; the credentials for " + fake.domain() + " do not allow it");
  }

  @Test
  void theRegistrysOwnWordsAreShownWhereItHasSome() {
    fake.answer(Answer.of(Reply.error(404, "NAME_UNKNOWN")));

    // A HEAD has no body; the copy asks by GET.
    RegistryException gone =
        Ours.refusal(() -> ours.copy(fake.domain() + "/a:1", fake.domain() + "/b:1"));

    assertThat(gone)
        .hasMessageStartingWith("pull " + fake.domain() + "/a:1: 404 NAME_UNKNOWN (made up)");
    assertThat(gone.exchange().codes()).containsExactly("NAME_UNKNOWN");
    assertThat(gone.exchange().repository()).isEqualTo("a");
  }

  @Test
  void whoLimitsWhatAndWhenToTryAgain() {
    fake.answer(Answer.tooMany("5400"));

    RegistryException limited = ours.refusal(fake.domain() + "/a:1", NOBODY);

    assertThat(limited)
        .hasMessageStartingWith("resolve " + fake.domain() + "/a:1: 429")
        .hasMessageEndingWith(
            fake.domain()
                + " limits how often callers without credentials may ask, try again in 1h30m");
    assertThat(limited.exchange().retryAfter()).isEqualTo(Duration.ofMinutes(90));
    assertThat(ours.refusal(fake.domain() + "/a:1", ME)).hasMessageContaining("this account");

    fake.answer(Answer.of(Reply.error(429, "TOOMANYREQUESTS")));
    assertThat(ours.refusal(fake.domain() + "/a:1", NOBODY))
        .hasMessageEndingWith("it does not say when to try again");
  }

  @Test
  void aPasswordThatIsRepeatedIsNotShown() {
    String basic =
        Base64.getEncoder().encodeToString("me:hunter22".getBytes(StandardCharsets.UTF_8));
    String json =
        "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"hunter22 or me:hunter22 or %s\"}]}"
            .formatted(basic);
    Answer repeating =
        Answer.of(Reply.of(403, "application/json", json.getBytes(StandardCharsets.UTF_8)));
    fake.answer(
        Answer.unauthorized("Basic realm=\"x\"")
            .when(request -> request.header("Authorization").isEmpty(), repeating));

    RegistryException denied =
        Ours.refusal(() -> ours.copy(fake.domain() + "/a:1", fake.domain() + "/b:1", ME, ME));

    assertThat(denied)
        .hasMessageContaining("403 DENIED")
        .hasMessageNotContainingAny("hunter22", basic);
    assertThat(denied.toString()).doesNotContain("hunter22", basic);
  }

  @Test
  void aHugeErrorIsReadOnlyAtItsBeginning() {
    Answer endless = Answer.zeros("application/json", 1L << 40);
    fake.answer(request -> endless.to(request).status(500));

    assertThat(refusedCopy().exchange().status()).isEqualTo(500);
  }

  @Test
  @Tag("row-81")
  void aLookUpIsTriedAgainOnlyWhereThatIsAskedFor() throws Exception {
    Answer good = Answer.serving(IMAGE);
    fake.answer(Answer.of(Reply.of(503)).times(1, good));
    assertThat(ours.refusal(fake.domain() + "/a:1", NOBODY).exchange().status()).isEqualTo(503);

    fake.answer(Answer.of(Reply.of(503)).times(2, good));
    assertThat(ours.resolve(fake.domain() + "/a:1", NOBODY, Attempts.SEVERAL).digest())
        .contains(IMAGE.digest());

    fake.forget();
    fake.answer(Answer.of(Reply.of(502)));
    RegistryException down =
        Ours.refusal(() -> ours.resolve(fake.domain() + "/a:1", NOBODY, Attempts.SEVERAL));
    assertThat(down).hasMessageEndingWith("gave up after 4 attempts");
    assertThat(down.exchange().attempts()).isEqualTo(4);
    assertThat(fake.requests()).hasSize(4);
  }

  @Test
  @Tag("row-82")
  void whoIsAskedToWaitWaitsAsLong() throws Exception {
    fake.answer(Answer.tooMany("1").times(1, Answer.serving(IMAGE)));
    long start = System.nanoTime();

    ours.resolve(fake.domain() + "/a:1", NOBODY, Attempts.SEVERAL);

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(1));
  }

  @Test
  @Tag("row-82")
  void whoIsAskedToWaitForLongDoesNotAskAgain() {
    fake.answer(Answer.tooMany("60"));

    RegistryException limited =
        Ours.refusal(() -> ours.resolve(fake.domain() + "/a:1", NOBODY, Attempts.SEVERAL));

    assertThat(limited.reason()).isEqualTo(Reason.RATE_LIMITED);
    assertThat(fake.requests()).hasSize(1);
  }

  private void assertReason(Answer answer, Reason reason) {
    fake.answer(answer);

    assertThat(ours.refusal(fake.domain() + "/a:1", NOBODY).reason())
        .isIn(reason, reason == Reason.NAME_UNKNOWN ? Reason.MANIFEST_UNKNOWN : reason);
    assertThat(refusedCopy().reason()).isEqualTo(reason);
  }

  /** A copy reads by GET, whose refusals have a body. */
  private RegistryException refusedCopy() {
    return Ours.refusal(() ->
        ours.transfer(Patience.ONCE)
            .copy(reference("a:1"), reference("b:1"), Ours.credentials(NOBODY, NOBODY)));
  }

  private ImageReference reference(String rest) {
    return ImageReference.parse(fake.domain() + "/" + rest);
  }
}
