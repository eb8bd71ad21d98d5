package dev.imagebuilder.registry;

import static dev.imagebuilder.registry.Ours.NOBODY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Images;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.FakeTokenService;
import dev.imagebuilder.testing.Reply;
import dev.imagebuilder.testing.Request;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A registry that wants tokens, and the service that gives them. */
final class TokensIT {
  private static final TestImage IMAGE = TestImages.oci("hello");
  private static final Credential ALICE = Ours.password("alice", "al:ice");
  private static final Credential BOB = Ours.password("bob", "builder");

  private final FakeTokenService tokens =
      FakeTokenService.opaque()
          .user("alice", "al:ice")
          .user("bob", "builder")
          .identity("alices-identity", "alice");
  private final FakeRegistry registry;
  private final FakeRegistry service;
  private final URI realm;
  private final Ours ours;

  TokensIT() throws Exception {
    service = FakeRegistry.answering(tokens);
    realm = URI.create(service.address() + "/token?from=realm");
    registry = FakeRegistry.answering(tokens.guard(realm, Answer.serving(IMAGE)));
    ours = Ours.plain(registry.domain());
  }

  @AfterEach
  void close() {
    ours.close();
    registry.close();
    service.close();
  }

  @Test
  void whoHasNoCredentialAsksForATokenByGet() throws Exception {
    ours.resolve(name("public/app"), NOBODY);

    assertThat(service.requests())
        .extracting(Request::toString)
        .containsExactly(
            "GET /token?from=realm&service=fake-registry&scope=repository%3Apublic%2Fapp%3Apull");
    assertThat(service.requests().getFirst().header("Authorization")).isEmpty();
  }

  @Test
  void aPasswordIsTradedByPost() throws Exception {
    ours.resolve(name("alice/app"), ALICE);

    Request asked = service.requests().getFirst();
    assertThat(asked).hasToString("POST /token?from=realm");
    assertThat(decoded(asked))
        .contains("grant_type=password", "username=alice", "password=al:ice")
        .contains("service=fake-registry", "scope=repository:alice/app:pull");
    assertThat(asked.header("Authorization")).isEmpty();
    assertThat(service.requests()).hasSize(1);
  }

  @Test
  void aServiceThatKnowsGetOnlyIsAskedByGetFromThenOn() throws Exception {
    tokens.refusePost();

    ours.resolve(name("alice/one"), ALICE);
    ours.resolve(name("alice/two"), ALICE);

    assertThat(service.requests())
        .extracting(Request::method)
        .containsExactly("POST", "GET", "GET");
    assertThat(service.requests().getLast().header("Authorization"))
        .contains("Basic YWxpY2U6YWw6aWNl");
  }

  @Test
  void anIdentityTokenIsTradedAsARefreshToken() throws Exception {
    ours.resolve(name("alice/app"), new Credential.IdentityToken(Secret.of("alices-identity")));

    assertThat(decoded(service.requests().getFirst()))
        .contains("grant_type=refresh_token", "refresh_token=alices-identity");
    assertThat(service.requests()).hasSize(1);
  }

  @Test
  void aTokenIsUsedAgainUntilItsEndIsNear() throws Exception {
    tokens.lifetime(100);
    ours.resolve(name("alice/app"), ALICE);
    registry.forget();

    ours.clock.turn(Duration.ofSeconds(89));
    ours.resolve(name("alice/app"), ALICE);
    assertThat(service.requests()).hasSize(1);
    assertThat(registry.requests()).noneMatch(request -> shown(request).isEmpty());

    ours.clock.turn(Duration.ofSeconds(2));
    ours.resolve(name("alice/app"), ALICE);
    assertThat(service.requests()).hasSize(2);
    assertThat(shown(registry.requests().getLast())).isEqualTo("Bearer token-2-of-alice");
  }

  @Test
  void aTokenOfUnknownLifetimeLivesAMinute() throws Exception {
    tokens.lifetime(0);
    ours.resolve(name("alice/app"), ALICE);

    ours.clock.turn(Duration.ofSeconds(53));
    ours.resolve(name("alice/app"), ALICE);
    assertThat(service.requests()).hasSize(1);

    ours.clock.turn(Duration.ofSeconds(2));
    ours.resolve(name("alice/app"), ALICE);
    assertThat(service.requests()).hasSize(2);
  }

  @Test
  void theChallengeIsRememberedAndEachRepositoryHasItsToken() throws Exception {
    ours.resolve(name("alice/one"), ALICE);
    registry.forget();

    ours.resolve(name("alice/two"), ALICE);

    assertThat(registry.requests())
        .allMatch(request -> shown(request).equals("Bearer token-2-of-alice"));
    assertThat(decoded(service.requests().getLast()))
        .contains("scope=repository:alice/two:pull")
        .doesNotContain("alice/one");
  }

  @Test
  void tenantsAreNeverMixed() throws Exception {
    ours.resolve(name("alice/app"), ALICE);
    registry.forget();

    assertThat(ours.refusal(name("alice/app"), BOB).reason()).isEqualTo(Reason.DENIED);
    assertThat(ours.refusal(name("alice/app"), NOBODY).reason()).isEqualTo(Reason.DENIED);
    assertThat(ours.refusal(name("alice/app"), Ours.password("alice", "wrong")).reason())
        .isEqualTo(Reason.UNAUTHORIZED);

    assertThat(registry.requests()).noneMatch(request -> shown(request).endsWith("-of-alice"));
    ours.resolve(name("bob/app"), BOB);
    ours.resolve(name("alice/app"), ALICE);
    assertThat(shown(registry.requests().getLast())).endsWith("-of-alice");
  }

  @Test
  void manyWhoNeedATokenAtOnceFetchOne() throws Exception {
    service.answer(tokens.after(Duration.ofMillis(300)));
    Images images = ours.images();
    ImageReference reference = ImageReference.parse(name("alice/app"));

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<ImageReference>> all = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        all.add(threads.submit(() -> images.resolve(reference, ALICE, Attempts.ONE)));
      }
      for (Future<ImageReference> one : all) {
        assertThat(one.get(30, TimeUnit.SECONDS).digest()).contains(IMAGE.digest());
      }
    }

    assertThat(service.requests()).hasSize(1);
  }

  @Test
  void aTokenThatIsRefusedIsReplacedOnce() throws Exception {
    ours.resolve(name("alice/app"), ALICE);
    tokens.revoke();

    ours.resolve(name("alice/app"), ALICE);
    assertThat(service.requests()).hasSize(2);

    registry.forget();
    registry.answer(Answer.unauthorized("Bearer realm=\"" + realm + "\",error=\"invalid_token\""));
    assertThat(ours.refusal(name("alice/app"), ALICE).reason()).isEqualTo(Reason.UNAUTHORIZED);
    assertThat(registry.requests()).hasSize(2);
  }

  @Test
  void aTokenThatIsNotEnoughIsADenial() {
    RegistryException denied = ours.refusal(name("bob/app"), ALICE);

    assertThat(denied.reason()).isEqualTo(Reason.DENIED);
    assertThat(denied)
        .hasMessageEndingWith("the credentials for " + registry.domain() + " do not allow it");
  }

  @Test
  void aWrongPasswordIsTheTokenServicesRefusal() {
    RegistryException refused = ours.refusal(name("alice/app"), Ours.password("alice", "oh-no"));

    assertThat(refused.reason()).isEqualTo(Reason.UNAUTHORIZED);
    assertThat(refused)
        .hasMessageContaining(": token from " + service.domain() + ": 401 UNAUTHORIZED")
        .hasMessageNotContaining("oh-no");
    assertThat(refused.exchange().host()).isEqualTo(service.domain());
  }

  @Test
  void bearerIsPreferredAndParametersComeInAnyOrder() throws Exception {
    registry.answer(
        Answer.unauthorized(
                "Basic realm=\"x\"",
                "Negotiate, bearer SERVICE=fake-registry , scope=\"a:b:c\", Realm=\""
                    + realm
                    + "\"")
            .times(1, Answer.serving(IMAGE)));

    ours.resolve(name("alice/app"), ALICE);

    assertThat(decoded(service.requests().getFirst()))
        .contains("service=fake-registry", "scope=a:b:c repository:alice/app:pull");
  }

  @Test
  void basicIsSentAtOnceTheNextTime() throws Exception {
    registry.answer(
        Answer.unauthorized("Basic realm=\"x\"")
            .when(request -> shown(request).isEmpty(), Answer.serving(IMAGE)));
    ours.resolve(name("alice/app"), ALICE);
    registry.forget();

    ours.resolve(name("alice/other"), ALICE);

    assertThat(registry.requests())
        .allMatch(request -> shown(request).equals("Basic YWxpY2U6YWw6aWNl"));
    assertThat(service.requests()).isEmpty();
  }

  @Test
  void aBasicPasswordThatIsRefusedIsNotSentAgain() {
    registry.answer(Answer.unauthorized("Basic realm=\"x\""));
    assertThat(ours.refusal(name("alice/app"), ALICE).reason()).isEqualTo(Reason.UNAUTHORIZED);
    registry.forget();

    assertThat(ours.refusal(name("alice/app"), ALICE).reason()).isEqualTo(Reason.UNAUTHORIZED);

    assertThat(registry.requests()).hasSize(1);
  }

  @Test
  void aRealmMustBeAWebAddress() {
    for (String bad :
        List.of(
            "file:///etc/passwd",
            "/token",
            "http://user:pass@" + service.domain() + "/token",
            "http://bad host/",
            service.address() + "/token#fragment")) {
      registry.answer(Answer.unauthorized("Bearer realm=\"" + bad + "\",service=\"s\""));

      RegistryException refused = ours.refusal(name("alice/app"), ALICE);

      assertThat(refused.reason()).as(bad).isEqualTo(Reason.INVALID_ANSWER);
      assertThat(refused).hasMessageContaining("names a token service that is no");
    }
    assertThat(service.requests()).isEmpty();
  }

  @Test
  void aPasswordFollowsNoRedirectOfTheTokenService() throws Exception {
    try (FakeRegistry elsewhere = FakeRegistry.answering(tokens)) {
      for (int status : new int[] {301, 302, 307, 308}) {
        service.answer(Answer.redirect(status, URI.create(elsewhere.address() + "/token")));

        assertThat(ours.refusal(name("alice/app"), ALICE).exchange().status()).isEqualTo(status);
      }
      assertThat(elsewhere.requests()).isEmpty();
    }
  }

  @Test
  void aRegistryThatChangesItsTokenServiceIsFollowed() throws Exception {
    ours.resolve(name("alice/one"), ALICE);
    try (FakeRegistry moved = FakeRegistry.answering(tokens)) {
      service.close();
      registry.answer(tokens.guard(URI.create(moved.address() + "/token"), Answer.serving(IMAGE)));

      ours.resolve(name("alice/two"), ALICE);

      assertThat(moved.requests()).hasSize(1);
    }
    registry.answer(Answer.serving(IMAGE));
    ours.resolve(name("alice/three"), ALICE);
  }

  @Test
  void whatIsNoTokenIsNotSent() {
    for (String json :
        List.of(
            "{}",
            "nothing",
            "{\"token\":\"\"}",
            "{\"token\":\"a b\"}",
            "{\"token\":\"a\\r\\nX-Evil: 1\"}",
            "{\"token\":{}}")) {
      service.answer(
          Answer.of(Reply.of(200, "application/json", json.getBytes(StandardCharsets.UTF_8))));

      assertThat(ours.refusal(name("alice/app"), ALICE).reason())
          .as(json)
          .isEqualTo(Reason.INVALID_ANSWER);
    }
  }

  @Test
  void anAccessTokenIsATokenToo() throws Exception {
    service.answer(
        Answer.of(
            Reply.of(
                200,
                "application/json",
                "{\"access_token\":\"abc\"}".getBytes(StandardCharsets.UTF_8))));
    registry.answer(
        Answer.unauthorized("Bearer realm=\"" + realm + "\"")
            .when(request -> shown(request).isEmpty(), Answer.serving(IMAGE)));

    ours.resolve(name("alice/app"), ALICE);

    assertThat(shown(registry.requests().getLast())).isEqualTo("Bearer abc");
  }

  @Test
  void aTokenServiceThatLimitsSaysSo() {
    service.answer(Answer.tooMany("120"));

    RegistryException limited = ours.refusal(name("alice/app"), NOBODY);

    assertThat(limited.reason()).isEqualTo(Reason.RATE_LIMITED);
    assertThat(limited.exchange().retryAfter()).isEqualTo(Duration.ofMinutes(2));
    assertThat(limited).hasMessageContaining("token from " + service.domain() + ": 429");
  }

  @Test
  void aTokenServiceThatIsDownIsTriedAgain() throws Exception {
    service.answer(Answer.of(Reply.of(503)).times(2, tokens));

    assertThat(ours.resolve(name("alice/app"), ALICE, Attempts.SEVERAL).digest())
        .contains(IMAGE.digest());
  }

  private String name(String repository) {
    return registry.domain() + "/" + repository;
  }

  private static String shown(Request request) {
    return request.header("Authorization").orElse("");
  }

  private static String decoded(Request form) {
    return URLDecoder.decode(form.text(), StandardCharsets.UTF_8);
  }
}
