package dev.imagebuilder.registry;

import static dev.imagebuilder.registry.Ours.NOBODY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.devregistry.DevRegistry;
import dev.imagebuilder.devregistry.DevRegistryOptions;
import dev.imagebuilder.registry.HostOptions.Scheme;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.PlainRegistryClient;
import dev.imagebuilder.testing.Reply;
import dev.imagebuilder.testing.Request;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import dev.imagebuilder.testing.TestImages.Format;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry with two mirrors in front of it. */
final class MirrorsIT {
  private static final TestImages.TestLayer LAYER = TestImages.randomLayer(1, 31);
  private static final TestImage IMAGE =
      TestImages.image(Format.OCI, Platform.LINUX_AMD64, List.of(LAYER));
  private static final Credential ME = Ours.password("me", "secret");
  private final FakeRegistry first;
  private final FakeRegistry second;
  private final FakeRegistry origin;
  private final DevRegistry target;
  private final Ours ours;
  private final String name;

  MirrorsIT(@TempDir Path folder) throws Exception {
    first = FakeRegistry.answering(Answer.serving(IMAGE));
    second = FakeRegistry.answering(Answer.serving(IMAGE));
    origin =
        FakeRegistry.answering(
            Answer.unauthorized("Basic realm=\"x\"")
                .when(request -> request.header("Authorization").isEmpty(), Answer.serving(IMAGE)));
    target = DevRegistry.start(DevRegistryOptions.onLoopback(folder, 0));
    HostOptions mirrored =
        new HostOptions(
            Scheme.PLAIN_HTTP, null, List.of(first.address() + "/cache", second.domain()));
    HostOptions plain = new HostOptions(Scheme.PLAIN_HTTP, null, List.of());
    ours =
        Ours.open(
            Map.of(origin.domain(), mirrored, second.domain(), plain, target.domain(), plain));
    name = origin.domain() + "/team/app:1";
  }

  @AfterEach
  void close() throws Exception {
    ours.close();
    target.close();
    first.close();
    second.close();
    origin.close();
  }

  @Test
  void theFirstMirrorIsAskedAndToldNoPassword() throws Exception {
    assertThat(ours.resolve(name, ME)).hasToString(origin.domain() + "/team/app@" + IMAGE.digest());

    assertThat(first.requests())
        .extracting(Request::toString)
        .containsExactly(
            "HEAD /v2/cache/team/app/manifests/1",
            "GET /v2/cache/team/app/manifests/" + IMAGE.digest());
    assertThat(first.requests()).noneMatch(request -> request.header("Authorization").isPresent());
    assertThat(second.requests()).isEmpty();
    assertThat(origin.requests()).isEmpty();
  }

  @Test
  void whatAMirrorLacksIsAskedOfTheNextAndAtLastOfTheRegistry() throws Exception {
    first.answer(Answer.nothing());
    ours.resolve(name, ME);
    assertThat(second.requests()).isNotEmpty();
    assertThat(origin.requests()).isEmpty();

    for (Answer bad :
        List.of(
            Answer.of(Reply.of(503)),
            Answer.tooMany("60"),
            Answer.unauthorized("Basic realm=\"x\""),
            Answer.serving(TestImages.oci("other")).corrupted())) {
      first.answer(bad);
      second.answer(bad);
      origin.forget();

      ours.resolve(origin.domain() + "/team/app@" + IMAGE.digest(), ME);

      assertThat(origin.requests()).isNotEmpty();
    }
    assertThat(first.requests()).noneMatch(request -> request.header("Authorization").isPresent());
  }

  @Test
  void mirrorsThatAreDownCostNothingButTime() throws Exception {
    first.close();
    second.close();

    assertThat(ours.resolve(name, ME).digest()).contains(IMAGE.digest());
  }

  @Test
  void theRegistrysOwnRefusalIsTheOneThatIsTold() {
    for (FakeRegistry mirror : List.of(first, second)) {
      mirror.answer(Answer.of(Reply.of(500)));
    }
    origin.answer(Answer.denied("DENIED"));

    RegistryException refused = ours.refusal(name, ME);

    assertThat(refused.reason()).isEqualTo(Reason.DENIED);
    assertThat(refused.exchange().host()).isEqualTo(origin.domain());
  }

  @Test
  void layersComeFromAMirrorToo() throws Exception {
    ours.copy(name, target.domain() + "/copy:1", ME, NOBODY);

    assertThat(first.requests(MirrorsIT::readsBlob)).hasSize(2);
    assertThat(origin.requests()).isEmpty();
    assertCopied();
  }

  @Test
  void aMirrorWithBadLayersIsPassedOver() throws Exception {
    List<Answer> bad =
        List.of(
            Answer.serving(IMAGE).corrupted(),
            Answer.serving(IMAGE).truncated(1_000),
            Answer.of(Reply.error(404, "BLOB_UNKNOWN")));
    for (Answer layers : bad) {
      first.answer(layers.when(MirrorsIT::readsBlob, Answer.serving(IMAGE)));
      second.answer(layers.when(MirrorsIT::readsBlob, Answer.serving(IMAGE)));

      ours.copy(name, target.domain() + "/copy-" + bad.indexOf(layers) + ":1", ME, NOBODY);
    }

    assertThat(origin.requests(MirrorsIT::readsBlob)).isNotEmpty();
  }

  @Test
  void aMirrorThatStandsStillIsPassedOver() throws Exception {
    for (FakeRegistry mirror : List.of(first, second)) {
      mirror.answer(
          Answer.serving(IMAGE).stalled().when(MirrorsIT::readsBlob, Answer.serving(IMAGE)));
    }

    ours.transfer(Ours.BRISK)
        .copy(
            ImageReference.parse(name),
            ImageReference.parse(target.domain() + "/copy:1"),
            Ours.credentials(ME, NOBODY));

    assertCopied();
  }

  @Test
  void nothingIsWrittenToAMirror() throws Exception {
    PlainRegistryClient.of(target.uri()).push("from", "1", IMAGE);
    origin.answer(Answer.from(target.uri()));

    ours.copy(target.domain() + "/from:1", name, NOBODY, ME);

    assertThat(first.requests()).isEmpty();
    assertThat(second.requests()).isEmpty();
    assertThat(PlainRegistryClient.of(target.uri()).digest("team/app", "1"))
        .contains(IMAGE.digest());
  }

  private void assertCopied() throws Exception {
    assertThat(PlainRegistryClient.of(target.uri()).blob("copy", LAYER.digest()))
        .hasValue(LAYER.gzipped());
  }

  private static boolean readsBlob(Request request) {
    return request.path().contains("/blobs/");
  }
}
