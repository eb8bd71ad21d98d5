package dev.imagebuilder.registry;

import static dev.imagebuilder.registry.Ours.NOBODY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.Eventually;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.FakeTokenService;
import dev.imagebuilder.testing.Reply;
import dev.imagebuilder.testing.Request;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import dev.imagebuilder.testing.TestImages.Format;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A copy to Debian's registry, with faults on the way from the source and to the target. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CopyFaultsIT {
  private static final TestImages.TestLayer LAYER = TestImages.randomLayer(1, 11);
  private static final TestImage IMAGE =
      TestImages.image(Format.OCI, Platform.LINUX_AMD64, List.of(LAYER));
  private final DebianRegistry behind;
  private final FakeRegistry source;
  private final FakeRegistry target;
  private Ours ours = Ours.plain();
  private final Answer passing;
  private int tests;

  CopyFaultsIT() throws Exception {
    behind = DebianRegistry.start();
    passing = Answer.from(behind.address());
    source = FakeRegistry.start();
    target = FakeRegistry.start();
  }

  @BeforeEach
  void passEverything() throws Exception {
    tests++;
    ours.close();
    ours = Ours.plain(source.domain(), target.domain());
    source.answer(Answer.serving(IMAGE));
    target.answer(passing);
    source.forget();
    target.forget();
  }

  @AfterAll
  void close() throws Exception {
    ours.close();
    source.close();
    target.close();
    behind.close();
  }

  @Test
  void aTruncatedBlobIsFetchedAgain() throws Exception {
    source.answer(
        Answer.serving(IMAGE)
            .truncated(400_000)
            .times(1, Answer.serving(IMAGE))
            .when(CopyFaultsIT::readsLayer, Answer.serving(IMAGE)));

    copyAndCompare();

    assertThat(source.requests(CopyFaultsIT::readsLayer)).hasSize(2);
    assertNoUploadLeft();
  }

  @Test
  void aCorruptedBlobIsRefusedAndLeavesNothing() throws Exception {
    source.answer(
        Answer.serving(IMAGE).corrupted().when(CopyFaultsIT::readsLayer, Answer.serving(IMAGE)));

    RegistryException refused = refusal(Ours.STEADY);

    assertThat(refused.reason()).isEqualTo(Reason.DIGEST_MISMATCH);
    assertThat(refused)
        .hasMessageStartingWith(
            "pull blob " + LAYER.digest() + " of " + source.domain() + "/from: ")
        .hasMessageContaining("not to " + LAYER.digest());
    assertThat(source.requests(CopyFaultsIT::readsLayer)).hasSize(1);
    assertThat(behind.client().digest(repository(), "1")).isEmpty();
    assertThat(behind.client().blob(repository(), LAYER.digest())).isEmpty();
    assertNoUploadLeft();
  }

  @Test
  void aBlobThatStallsIsGivenUpAfterItsAttempts() throws Exception {
    source.answer(
        Answer.serving(IMAGE).stalled().when(CopyFaultsIT::readsLayer, Answer.serving(IMAGE)));

    RegistryException stalled = refusal(Ours.BRISK);

    assertThat(stalled.reason()).isEqualTo(Reason.TRANSPORT);
    assertThat(stalled)
        .hasMessageContaining(source.domain() + " sent nothing for 1500 ms")
        .hasMessageEndingWith("gave up after 2 attempts");
    assertNoUploadLeft();
  }

  @Test
  void aBlobThatIsNotThereIsNamed() throws Exception {
    source.answer(
        Answer.of(Reply.error(404, "BLOB_UNKNOWN"))
            .when(CopyFaultsIT::readsLayer, Answer.serving(IMAGE)));

    RegistryException gone = refusal(Ours.STEADY);

    assertThat(gone.reason()).isEqualTo(Reason.BLOB_UNKNOWN);
    assertThat(gone.exchange().host()).isEqualTo(source.domain());
    assertNoUploadLeft();
  }

  @Test
  void everyStepIsTriedAgain() throws Exception {
    for (String method : List.of("HEAD", "POST", "PUT")) {
      for (int status : new int[] {429, 500, 502, 503, 504}) {
        tests++;
        target.answer(
            Answer.of(Reply.error(status, "UNAVAILABLE"))
                .times(1, passing)
                .when(request -> request.method().equals(method), passing));

        copyAndCompare();
      }
    }
    assertNoUploadLeft();
  }

  @Test
  void aManifestThatIsRefusedForAMomentIsSentAgain() throws Exception {
    target.answer(
        Answer.tooMany("1")
            .times(1, passing)
            .when(
                request -> request.method().equals("PUT") && request.path().contains("/manifests/"),
                passing));
    long start = System.nanoTime();

    copyAndCompare();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(1));
  }

  @Test
  void aRegistryThatStaysAwayIsGivenUp() {
    target.answer(
        Answer.of(Reply.of(503)).when(request -> request.method().equals("POST"), passing));

    RegistryException away = refusal(Ours.STEADY);

    assertThat(away.exchange().attempts()).isEqualTo(3);
    assertThat(away.exchange().status()).isEqualTo(503);
    assertThat(away)
        .hasMessageStartingWith("push " + target.domain() + "/" + repository() + ":1: blob sha256:")
        .hasMessageEndingWith(": 503; gave up after 3 attempts");
  }

  @Test
  void aLostUploadIsBegunAnew() throws Exception {
    target.answer(
        Answer.of(Reply.error(404, "BLOB_UPLOAD_UNKNOWN"))
            .times(2, passing)
            .when(
                request -> request.method().equals("PUT") && request.path().contains("/uploads/"),
                passing));

    copyAndCompare();
  }

  @Test
  void aDenialIsNotTriedAgain() {
    target.answer(
        Answer.denied("DENIED").when(request -> request.method().equals("POST"), passing));

    RegistryException denied = refusal(Ours.STEADY);

    assertThat(denied.reason()).isEqualTo(Reason.DENIED);
    assertThat(denied).hasMessageContaining("403 DENIED (made up)");
    // Both blobs at once, once each.
    assertThat(target.requests(request -> request.method().equals("POST")))
        .hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void anEarlyRefusalEndsAnUpload() {
    target.answer(
        Answer.of(Reply.error(413, "SIZE_INVALID"))
            .when(
                request -> request.method().equals("PUT") && request.body().length > 100_000,
                passing));

    assertThat(refusal(Ours.STEADY).exchange().status()).isEqualTo(413);
  }

  @Test
  void anAnswerWithoutAPlaceToUploadToIsInvalid() {
    target.answer(
        Answer.of(Reply.of(202)).when(request -> request.method().equals("POST"), passing));

    RegistryException odd = refusal(Ours.STEADY);

    assertThat(odd.reason()).isEqualTo(Reason.INVALID_ANSWER);
    assertThat(odd).hasMessageContaining("does not say where to upload to");
  }

  @Test
  void anUploadsPlaceMustBeAWebAddress() {
    for (String bad : List.of("file:///etc/passwd", "http://a b/", "http://u:p@x/", "mailto:x")) {
      target.answer(
          Answer.of(Reply.of(202).with("Location", bad))
              .when(request -> request.method().equals("POST"), passing));

      assertThat(refusal(Ours.STEADY).reason()).as(bad).isEqualTo(Reason.INVALID_ANSWER);
    }
  }

  @Test
  void aPlaceMayBeRelativeAndHaveAQuery() throws Exception {
    Answer relative =
        request -> {
          Reply reply = passing.to(request);
          List<String> location = reply.headers().getOrDefault("location", List.of());
          if (!request.method().equals("POST") || location.isEmpty()) {
            return reply;
          }
          URI absolute = URI.create(location.getFirst());
          return reply.with("location", absolute.getRawPath() + "?" + absolute.getRawQuery());
        };
    target.answer(relative);

    copyAndCompare();

    assertThat(
            target.requests(
                request -> request.method().equals("PUT") && request.path().contains("/uploads/")))
        .allMatch(request -> request.target().matches(".*\\?.*_state=.*&digest=sha256%3A.*"));
  }

  @Test
  void aRegistryThatStoredSomethingElseIsNotBelieved() {
    target.answer(
        passing
            .with("Docker-Content-Digest", "sha256:" + "0".repeat(64))
            .when(
                request -> request.method().equals("PUT") && request.path().contains("/manifests/"),
                passing));

    assertThat(refusal(Ours.STEADY).reason()).isEqualTo(Reason.DIGEST_MISMATCH);
  }

  @Test
  void aMountThatIsNotGrantedBecomesAnUpload() throws Exception {
    behind.client().push("mountable", "1", IMAGE);
    Predicate<Request> mounts = request -> request.target().contains("?mount=");
    List<Answer> answers =
        List.of(
            request -> passing.to(request.at(request.path())),
            Answer.denied("DENIED"),
            Answer.unauthorized(),
            Answer.of(Reply.error(404, "NAME_UNKNOWN")));

    for (Answer notGranted : answers) {
      tests++;
      target.forget();
      target.answer(notGranted.when(mounts, passing));

      ours.copy(target.domain() + "/mountable:1", target.domain() + "/" + repository() + ":1");

      assertThat(behind.client().blob(repository(), LAYER.digest())).hasValue(LAYER.gzipped());
      assertThat(target.requests(mounts)).hasSize(2);
      assertThat(target.requests(request -> request.method().equals("PUT"))).hasSize(3);
    }
    assertNoUploadLeft();
  }

  @Test
  void aTokenThatEndsInTheMiddleOfAPushIsReplaced() throws Exception {
    FakeTokenService tokens = FakeTokenService.opaque().user("alice", "pw");
    try (FakeRegistry service = FakeRegistry.answering(tokens)) {
      Answer guarded = tokens.guard(URI.create(service.address() + "/token"), passing);
      Answer revoking =
          request -> {
            tokens.revoke();
            return guarded.to(request);
          };
      target.answer(
          revoking.times(1, guarded).when(request -> request.method().equals("PUT"), guarded));
      Credential alice = Ours.password("alice", "pw");
      String name = "alice/app-" + tests;

      assertThat(
              ours.copy(
                  source.domain() + "/from:1", target.domain() + "/" + name + ":1", NOBODY, alice))
          .isEqualTo(IMAGE.digest());

      assertThat(behind.client().blob(name, LAYER.digest())).hasValue(LAYER.gzipped());
      assertThat(target.requests(request -> request.method().equals("PUT")).size())
          .isGreaterThan(3);
    }
  }

  @Test
  void aMountAsksForBothRepositories() throws Exception {
    FakeTokenService tokens = FakeTokenService.opaque().user("alice", "pw");
    behind.client().push("alice/from", "1", IMAGE);
    try (FakeRegistry service = FakeRegistry.answering(tokens)) {
      tokens.refusePost();
      target.answer(tokens.guard(URI.create(service.address() + "/token"), passing));
      Credential alice = Ours.password("alice", "pw");

      ours.copy(
          target.domain() + "/alice/from:1", target.domain() + "/alice/mounted:1", alice, alice);

      assertThat(service.requests())
          .anyMatch(request ->
              request
                  .target()
                  .endsWith(
                      "&scope=repository%3Aalice%2Ffrom%3Apull"
                          + "&scope=repository%3Aalice%2Fmounted%3Apull%2Cpush"));
      assertThat(target.requests(CopyFaultsIT::readsLayer)).isEmpty();
      assertThat(behind.client().blob("alice/mounted", LAYER.digest())).hasValue(LAYER.gzipped());
    }
  }

  private void copyAndCompare() throws Exception {
    Digest copied =
        ours.copy(source.domain() + "/from:1", target.domain() + "/" + repository() + ":1");

    assertThat(copied).isEqualTo(IMAGE.digest());
    assertThat(behind.client().manifest(repository(), "1")).hasValue(IMAGE.manifest());
    assertThat(behind.client().blob(repository(), LAYER.digest())).hasValue(LAYER.gzipped());
  }

  private RegistryException refusal(Patience patience) {
    return Ours.refusal(() ->
        ours.transfer(patience)
            .copy(
                ImageReference.parse(source.domain() + "/from:1"),
                ImageReference.parse(target.domain() + "/" + repository() + ":1"),
                Ours.credentials(NOBODY, NOBODY)));
  }

  private void assertNoUploadLeft() {
    Eventually.eventually(Duration.ofSeconds(10), () -> assertThat(behind.openUploads()).isZero());
  }

  private static boolean readsLayer(Request request) {
    return request.method().equals("GET") && request.path().endsWith("/" + LAYER.digest());
  }

  /** Of this test alone. */
  private String repository() {
    return "to-" + tests;
  }
}
