package dev.imagebuilder.registry;

import static dev.imagebuilder.registry.Ours.NOBODY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.devregistry.DevRegistry;
import dev.imagebuilder.devregistry.DevRegistryOptions;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.PlainRegistryClient;
import dev.imagebuilder.testing.Reply;
import dev.imagebuilder.testing.Request;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry that sends its readers and writers elsewhere. */
final class RedirectsIT {
  private static final TestImage IMAGE = TestImages.oci("hello");
  private static final Credential ME = Ours.password("me", "secret");
  private final FakeRegistry registry;
  private final FakeRegistry storage;
  private final DevRegistry target;
  private final Ours ours;

  RedirectsIT(@TempDir Path folder) throws Exception {
    registry = FakeRegistry.start();
    storage = FakeRegistry.answering(Answer.serving(IMAGE));
    target = DevRegistry.start(DevRegistryOptions.onLoopback(folder, 0));
    ours = Ours.plain(registry.domain(), storage.domain(), target.domain());
  }

  @BeforeEach
  void wantAPassword() {
    registry.answer(guarded(elsewhere(307)));
  }

  @AfterEach
  void close() throws Exception {
    ours.close();
    target.close();
    registry.close();
    storage.close();
  }

  @Test
  void aBlobMayComeFromAnotherHostWhichIsToldNoPassword() throws Exception {
    for (int status : new int[] {301, 302, 303, 307, 308}) {
      registry.answer(guarded(elsewhere(status)));
      String to = target.domain() + "/copy-" + status + ":1";

      assertThat(ours.copy(from(), to, ME, NOBODY)).isEqualTo(IMAGE.digest());
    }

    assertThat(storage.requests()).isNotEmpty();
    assertThat(storage.requests())
        .noneMatch(request -> request.header("Authorization").isPresent());
    assertThat(registry.requests(RedirectsIT::readsBlob))
        .anyMatch(request -> request.header("Authorization").isPresent());
  }

  @Test
  void anotherPortIsAnotherHost() throws Exception {
    assertThat(registry.address().getHost()).isEqualTo(storage.address().getHost());

    ours.copy(from(), target.domain() + "/copy:1", ME, NOBODY);

    assertThat(storage.requests())
        .noneMatch(request -> request.header("Authorization").isPresent());
  }

  @Test
  void whoRedirectsBackGetsNoPasswordEither() {
    storage.answer(
        request -> Answer.redirect(307, URI.create(registry.address() + "/stolen")).to(request));

    RegistryException refused = refusal();

    assertThat(refused.exchange().status()).isEqualTo(401);
    assertThat(registry.requests(request -> request.path().equals("/stolen")))
        .isNotEmpty()
        .noneMatch(request -> request.header("Authorization").isPresent());
  }

  @Test
  void aRelativeRedirectStaysWithThePassword() throws Exception {
    Answer moved =
        request ->
            request.path().startsWith("/moved")
                ? Answer.serving(IMAGE).to(request)
                : Answer.redirect(307, URI.create("/moved" + request.path())).to(request);
    registry.answer(guarded(moved));

    assertThat(ours.resolve(registry.domain() + "/a:1", ME).digest()).contains(IMAGE.digest());
  }

  @Test
  void aChallengeFromElsewhereIsNotAnswered() {
    storage.answer(
        Answer.unauthorized("Bearer realm=\"" + storage.address() + "/token\"", "Basic realm=x"));

    RegistryException refused = refusal();

    assertThat(refused.reason()).isEqualTo(Reason.UNAUTHORIZED);
    assertThat(refused)
        .hasMessageContaining("401 from " + storage.domain() + ", where it redirects");
    assertThat(storage.requests())
        .allMatch(RedirectsIT::readsBlob)
        .noneMatch(request -> request.header("Authorization").isPresent());
  }

  @Test
  void whatAnotherHostSaysIsNotRepeated() {
    byte[] inner = "{\"message\":\"inner secrets\"}".getBytes(StandardCharsets.UTF_8);
    storage.answer(Answer.of(Reply.of(403, "application/json", inner)));

    assertThat(refusal())
        .hasMessageContaining("403 from " + storage.domain())
        .hasMessageNotContaining("inner secrets");
  }

  @Test
  void redirectsEnd() {
    registry.answer(request -> Answer.redirect(307, URI.create(request.path())).to(request));

    RegistryException refused = ours.refusal(registry.domain() + "/a:1", NOBODY);

    assertThat(refused.reason()).isEqualTo(Reason.INVALID_ANSWER);
    assertThat(refused).hasMessageEndingWith("redirects more than 5 times");
    assertThat(registry.requests()).hasSize(6);
  }

  @Test
  void onlyWebAddressesAreFollowed() {
    for (String bad :
        List.of(
            "file:///etc/passwd", "ftp://x/", "http://u:p@" + storage.domain() + "/", "http:x")) {
      registry.answer(Answer.of(Reply.of(307).with("Location", bad)));

      assertThat(ours.refusal(registry.domain() + "/a:1", NOBODY))
          .as(bad)
          .hasMessageContaining("redirects to what is no");
    }
    registry.answer(Answer.of(Reply.of(307).with("Location", "http://bad host/")));
    assertThat(ours.refusal(registry.domain() + "/a:1", NOBODY))
        .hasMessageContaining("redirects to what is no URL");
    assertThat(storage.requests()).isEmpty();
  }

  @Test
  void aRedirectWithoutATargetIsARefusal() {
    registry.answer(Answer.of(Reply.of(307)));

    assertThat(ours.refusal(registry.domain() + "/a:1", NOBODY).exchange().status()).isEqualTo(307);
  }

  @Test
  void anUploadIsFollowedOnlyAsAnUpload() throws Exception {
    PlainRegistryClient.of(target.uri()).push("from", "1", IMAGE);
    Answer moved =
        request -> Answer.redirect(307, URI.create(target.uri() + request.target())).to(request);
    registry.answer(
        moved.when(request -> request.method().equals("PUT"), Answer.from(target.uri())));

    assertThat(ours.copy(target.domain() + "/from:1", registry.domain() + "/to:1"))
        .isEqualTo(IMAGE.digest());

    Answer lost =
        request -> Answer.redirect(302, URI.create(target.uri() + request.target())).to(request);
    registry.answer(
        lost.when(request -> request.method().equals("PUT"), Answer.from(target.uri())));
    assertThat(
            Ours.refusal(
                () -> ours.copy(target.domain() + "/from:1", registry.domain() + "/other:1")))
        .hasMessageContaining("redirects a PUT by 302");
  }

  @Test
  void anUploadElsewhereIsToldNoPassword() throws Exception {
    PlainRegistryClient.of(target.uri()).push("from", "1", IMAGE);
    Answer passing = Answer.from(target.uri());
    storage.answer(passing);
    Answer uploadsElsewhere =
        request -> {
          Reply reply = passing.to(request);
          boolean isUpload = request.method().equals("POST");
          String location = reply.headers().getOrDefault("location", List.of("")).getFirst();
          return isUpload ? reply.with("location", storage.address() + location) : reply;
        };
    registry.answer(guarded(uploadsElsewhere));

    ours.copy(target.domain() + "/from:1", registry.domain() + "/to:1", NOBODY, ME);

    assertThat(storage.requests()).extracting(Request::method).containsExactly("PUT", "PUT");
    assertThat(storage.requests())
        .noneMatch(request -> request.header("Authorization").isPresent());
    assertThat(PlainRegistryClient.of(target.uri()).digest("to", "1")).contains(IMAGE.digest());
  }

  private RegistryException refusal() {
    return Ours.refusal(() ->
        ours.transfer(Patience.ONCE)
            .copy(
                ImageReference.parse(from()),
                ImageReference.parse(target.domain() + "/copy:1"),
                Ours.credentials(ME, NOBODY)));
  }

  private String from() {
    return registry.domain() + "/a:1";
  }

  /** Serves manifests, and sends readers of blobs elsewhere. */
  private Answer elsewhere(int status) {
    Answer moved =
        request ->
            Answer.redirect(status, URI.create(storage.address() + request.path())).to(request);
    return moved.when(RedirectsIT::readsBlob, Answer.serving(IMAGE));
  }

  private static Answer guarded(Answer answer) {
    return Answer.unauthorized("Basic realm=\"x\"")
        .when(request -> request.header("Authorization").isEmpty(), answer);
  }

  private static boolean readsBlob(Request request) {
    return request.method().equals("GET") && request.path().contains("/blobs/");
  }
}
