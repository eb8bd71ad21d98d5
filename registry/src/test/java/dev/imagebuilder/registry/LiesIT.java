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
import dev.imagebuilder.testing.Ports;
import dev.imagebuilder.testing.Reply;
import dev.imagebuilder.testing.Request;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import dev.imagebuilder.testing.TestImages.Format;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Registries that lie, are odd, or say nothing when they are asked about a manifest. */
final class LiesIT {
  private static final TestImage IMAGE = TestImages.docker("hello");
  private static final String OTHER = "sha256:" + "0".repeat(64);
  private static final Predicate<Request> HEAD = request -> request.method().equals("HEAD");

  private final FakeRegistry fake;
  private final Ours ours;
  private final String tagged;
  private final String byDigest;

  LiesIT() throws Exception {
    fake = FakeRegistry.answering(Answer.serving(IMAGE));
    ours = Ours.plain(fake.domain());
    tagged = fake.domain() + "/a:1";
    byDigest = fake.domain() + "/a@" + IMAGE.digest();
  }

  @AfterEach
  void close() {
    ours.close();
    fake.close();
  }

  @Test
  @Tag("row-73")
  void aTagIsAskedForByHeadAndItsManifestFetchedByDigest() throws Exception {
    ours.resolve(tagged, NOBODY);

    assertThat(fake.requests())
        .extracting(Request::toString)
        .containsExactly("HEAD /v2/a/manifests/1", "GET /v2/a/manifests/" + IMAGE.digest());
    assertThat(fake.requests().getFirst().header("Accept"))
        .contains(
            "application/vnd.docker.distribution.manifest.v2+json, "
                + "application/vnd.docker.distribution.manifest.list.v2+json, "
                + "application/vnd.oci.image.manifest.v1+json, "
                + "application/vnd.oci.image.index.v1+json, */*");
    assertThat(fake.requests()).noneMatch(request -> request.header("Authorization").isPresent());
  }

  @Test
  @Tag("row-73")
  void aHeadThatDoesNotSayTheDigestIsFollowedByAGet() throws Exception {
    Answer mute = noDigest(Answer.serving(IMAGE));
    Answer notKnown = Answer.of(Reply.of(405)).when(HEAD, Answer.serving(IMAGE));
    Answer nonsense = Answer.serving(IMAGE).with("Docker-Content-Digest", "md5:abc");
    Answer empty = Answer.of(Reply.of(200)).when(HEAD, Answer.serving(IMAGE));

    for (Answer odd : List.of(mute, notKnown, nonsense, empty)) {
      fake.answer(odd);
      assertThat(ours.resolve(tagged, NOBODY).digest()).contains(IMAGE.digest());
      assertThat(ours.resolve(byDigest, NOBODY).digest()).contains(IMAGE.digest());
    }
  }

  @Test
  void aLieAboutADigestIsSeen() {
    fake.answer(Answer.serving(IMAGE).with("Docker-Content-Digest", OTHER));

    RegistryException onTag = ours.refusal(tagged, NOBODY);
    assertThat(onTag.reason()).isIn(Reason.DIGEST_MISMATCH, Reason.MANIFEST_UNKNOWN);
    RegistryException onDigest = ours.refusal(byDigest, NOBODY);
    assertThat(onDigest.reason()).isEqualTo(Reason.DIGEST_MISMATCH);
    assertThat(onDigest).hasMessageEndingWith(" says that " + IMAGE.digest() + " is " + OTHER);
  }

  @Test
  void aManifestThatIsNotItsDigestIsRefused() {
    for (Answer corrupted :
        List.of(Answer.serving(IMAGE).corrupted(), noDigest(Answer.serving(IMAGE).corrupted()))) {
      fake.answer(corrupted);

      RegistryException wrong = ours.refusal(byDigest, NOBODY);

      assertThat(wrong.reason()).isEqualTo(Reason.DIGEST_MISMATCH);
      assertThat(wrong).hasMessageContaining("not to " + IMAGE.digest());
    }
  }

  @Test
  void aManifestThatIsCutOffIsABrokenConnection() {
    fake.answer(Answer.serving(IMAGE).truncated(20));

    assertThat(ours.refusal(tagged, NOBODY).reason()).isEqualTo(Reason.TRANSPORT);
  }

  @Test
  void aManifestAboveFourMebibytesIsNotRead() {
    Answer endless = Answer.zeros("application/json", 1L << 40);
    fake.answer(Answer.of(Reply.of(405)).when(HEAD, endless));

    RegistryException huge = ours.refusal(tagged, NOBODY);

    assertThat(huge.reason()).isEqualTo(Reason.INVALID_ANSWER);
    assertThat(huge).hasMessageEndingWith("sends a manifest above 4 MiB");
  }

  @Test
  void whatIsNoManifestIsNotTakenForOne() {
    for (String body : List.of("<html>login</html>", "[]", "", "{\"manifests\":7}")) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      fake.answer(Answer.of(Reply.of(200, "application/json", bytes)));

      assertThat(ours.refusal(tagged, NOBODY).reason())
          .as(body)
          .isIn(Reason.INVALID_ANSWER, Reason.NO_PLATFORM);
    }
  }

  @Test
  void anImageServedAsAnIndexIsRefusedWhenItIsCopied() {
    fake.answer(Answer.serving(IMAGE).with("Content-Type", TestImage.OCI_INDEX));

    RegistryException refused = Ours.refusal(() -> ours.copy(tagged, fake.domain() + "/b:1"));

    assertThat(refused.reason()).isIn(Reason.INVALID_ANSWER, Reason.DIGEST_MISMATCH);
  }

  @Test
  void aNestedIndexIsNotFollowed() {
    TestImage nested = TestImages.bareIndex(Format.OCI, TestImages.index(Format.OCI, "inner"));
    fake.answer(Answer.serving(nested));

    assertThat(ours.refusal(tagged, NOBODY).reason()).isEqualTo(Reason.NO_PLATFORM);
  }

  @Test
  void manifestsAreFetchedOnceAndTagsAreAskedForAlways() throws Exception {
    var images = ours.images();
    ImageReference reference = ImageReference.parse(tagged);

    for (int i = 0; i < 3; i++) {
      images.resolve(reference, NOBODY, Attempts.ONE);
    }

    assertThat(fake.requests(HEAD)).hasSize(3);
    assertThat(fake.requests(HEAD.negate())).hasSize(1);
  }

  @Test
  void whatIsKeptHelpsNobodyWhoIsRefused() throws Exception {
    var images = ours.images();
    ImageReference reference = ImageReference.parse(byDigest);
    Credential me = Ours.password("me", "secret");
    fake.answer(
        Answer.unauthorized("Basic realm=\"x\"")
            .when(request -> request.header("Authorization").isEmpty(), Answer.serving(IMAGE)));
    images.resolve(reference, me, Attempts.ONE);

    assertThat(Ours.refusal(() -> images.resolve(reference, NOBODY, Attempts.ONE)).reason())
        .isEqualTo(Reason.UNAUTHORIZED);
  }

  @Test
  void aServerThatSaysNothingIsGivenUp() throws Exception {
    fake.answer(Answer.serving(IMAGE).after(Duration.ofMinutes(5)));
    ManifestClient client = client(fake.domain(), Ours.HASTY);
    long start = System.nanoTime();

    RegistryException silent = Ours.refusal(() -> client.find("1", purpose()));

    assertThat(silent.reason()).isEqualTo(Reason.TRANSPORT);
    assertThat(silent).hasMessage("resolve it: " + fake.domain() + " no answer within 400 ms");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void aServerThatStallsInABodyIsGivenUp() throws Exception {
    fake.answer(Answer.serving(IMAGE).stalled());
    ManifestClient client = client(fake.domain(), Ours.HASTY);

    RegistryException stalled = Ours.refusal(() -> client.get("1", purpose()));

    assertThat(stalled.reason()).isEqualTo(Reason.TRANSPORT);
    assertThat(stalled).hasMessage("resolve it: " + fake.domain() + " sent nothing for 400 ms");
  }

  @Test
  void aServerThatAcceptsAndIsSilentIsGivenUp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
      String domain = "localhost:" + silent.getLocalPort();
      try (Ours plain = Ours.plain(domain)) {
        ManifestClient client =
            new ManifestClient(
                plain.session(domain, NOBODY, Ours.HASTY),
                ImageReference.parse(domain + "/a").repository());

        assertThat(Ours.refusal(() -> client.find("1", purpose())).reason())
            .isEqualTo(Reason.TRANSPORT);
      }
    }
  }

  @Test
  void whoIsNotThereIsNamed() throws Exception {
    String host = "no-such-host.invalid";
    assertThat(ours.refusal(host + "/a:1", NOBODY))
        .hasMessage("resolve " + host + "/a:1: there is no host " + host)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.TRANSPORT));

    String closed = "localhost:" + Ports.free();
    assertThat(ours.refusal(closed + "/a:1", NOBODY))
        .hasMessageStartingWith("resolve " + closed + "/a:1: cannot connect to " + closed);
  }

  @Test
  void aPortThatIsNoneIsATypedFailure() {
    for (String host : List.of("localhost:99999", "reg.invalid:99999")) {
      assertThat(ours.refusal(host + "/a:1", NOBODY).reason()).as(host).isEqualTo(Reason.TRANSPORT);
    }
    assertThat(ours.refusal("reg.invalid:99999999999/a:1", NOBODY).reason())
        .isEqualTo(Reason.TRANSPORT);
  }

  private ManifestClient client(String domain, Patience patience) throws InterruptedException {
    return new ManifestClient(
        ours.session(domain, NOBODY, patience), ImageReference.parse(domain + "/a").repository());
  }

  private Purpose purpose() {
    return new Purpose(
        "resolve it",
        ImageReference.parse(fake.domain() + "/a").repository(),
        Purpose.Subject.MANIFEST);
  }

  private static Answer noDigest(Answer answer) {
    return request -> {
      Reply reply = answer.to(request);
      Map<String, List<String>> headers = new HashMap<>(reply.headers());
      headers.remove("Docker-Content-Digest");
      return new Reply(reply.status(), headers, reply.length(), reply.body());
    };
  }
}
