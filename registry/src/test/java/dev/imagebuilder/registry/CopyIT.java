package dev.imagebuilder.registry;

import static dev.imagebuilder.registry.Ours.NOBODY;
import static dev.imagebuilder.registry.Ours.TESTER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.devregistry.DevRegistry;
import dev.imagebuilder.devregistry.DevRegistryOptions;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.DebianRegistry.Feature;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.PlainRegistryClient;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import dev.imagebuilder.testing.TestImages.Format;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Copies and pushes between Debian's registry, open and with a password, and our own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CopyIT {
  private final Peer open;
  private final Peer closed;
  private final Peer dev;
  private final List<AutoCloseable> parts;
  private final DebianRegistry openRegistry;
  private final Ours ours;

  CopyIT(@TempDir Path folder) throws Exception {
    openRegistry = DebianRegistry.start();
    DebianRegistry closedRegistry = DebianRegistry.start(Feature.PASSWORD);
    DevRegistry devRegistry = DevRegistry.start(DevRegistryOptions.onLoopback(folder, 0));
    ours = Ours.open();
    open = new Peer(openRegistry.domain(), openRegistry.client(), NOBODY);
    closed = new Peer(closedRegistry.domain(), closedRegistry.client(), TESTER);
    dev = new Peer(devRegistry.domain(), PlainRegistryClient.of(devRegistry.uri()), NOBODY);
    parts = List.of(ours, openRegistry, closedRegistry, devRegistry);
  }

  @AfterAll
  void close() throws Exception {
    for (AutoCloseable part : parts) {
      part.close();
    }
  }

  @Test
  void everyKindOfImageKeepsItsBytesBetweenRegistries() throws Exception {
    for (List<Peer> pair :
        List.of(List.of(open, closed), List.of(closed, dev), List.of(dev, open))) {
      Peer from = pair.getFirst();
      Peer to = pair.getLast();
      for (TestImage image :
          List.of(
              TestImages.oci("kind"),
              TestImages.docker("kind"),
              TestImages.index(Format.OCI, "kind"),
              TestImages.index(Format.DOCKER, "kind"),
              TestImages.bareIndex(Format.OCI, TestImages.index(Format.DOCKER, "nested")))) {
        String tag = image.digest().hex().substring(0, 12);
        from.client().push("from/kinds", tag, image);

        Digest copied = copy(from, "from/kinds:" + tag, to, "to/kinds:" + tag);

        assertThat(copied).isEqualTo(image.digest());
        assertThat(to.client().manifest("to/kinds", tag)).hasValue(image.manifest());
        assertComplete(to, "to/kinds", image);
      }
    }
  }

  @Test
  void mediaTypesAreThoseOfTheSource() throws Exception {
    try (FakeRegistry proxy = FakeRegistry.answering(Answer.from(openRegistry.address()))) {
      for (Format format : Format.values()) {
        TestImage index = TestImages.index(format, "types");
        dev.client().push("types", "1", index);
        proxy.forget();

        ours.copy(dev.domain() + "/types:1", proxy.domain() + "/types:1");

        String child = index.children().getFirst().mediaType();
        assertThat(
                proxy.requests(request ->
                    request.method().equals("PUT") && request.path().contains("/manifests/")))
            .extracting(request -> request.header("Content-Type").orElse(""))
            .containsExactly(child, child, child, index.mediaType());
      }
    }
  }

  @Test
  void whatIsAlreadyThereIsNotSentAgain() throws Exception {
    TestImage image = TestImages.oci("skipped");
    open.client().push("skip", "1", image);
    copy(open, "skip:1", dev, "skip:1");
    int pulled = lines(openRegistry, "GET", "/blobs/");

    assertThat(copy(open, "skip:1", dev, "skip:2")).isEqualTo(image.digest());

    assertThat(dev.client().digest("skip", "2")).contains(image.digest());
    assertThat(lines(openRegistry, "GET", "/blobs/")).isEqualTo(pulled);
  }

  @Test
  void onlyTheLayersThatLackAreSent() throws Exception {
    var shared = TestImages.randomLayer(1, 1);
    TestImage first = TestImages.image(Format.OCI, Platform.LINUX_AMD64, List.of(shared));
    TestImage second =
        TestImages.image(
            Format.OCI, Platform.LINUX_AMD64, List.of(shared, TestImages.randomLayer(1, 2)));
    open.client().push("shared", "1", first);
    open.client().push("shared", "2", second);
    copy(open, "shared:1", dev, "shared:1");
    int pulled = lines(openRegistry, "GET", shared.digest().toString());

    copy(open, "shared:2", dev, "shared:2");

    assertComplete(dev, "shared", second);
    assertThat(lines(openRegistry, "GET", shared.digest().toString())).isEqualTo(pulled);
  }

  @Test
  void insideOneRegistryLayersAreMounted() throws Exception {
    for (Peer peer : List.of(open, closed, dev)) {
      TestImage index = TestImages.index(Format.OCI, "mounted");
      peer.client().push("mount/from", "1", index);

      copy(peer, "mount/from:1", peer, "mount/to:1");

      assertComplete(peer, "mount/to", index);
    }
    for (Digest blob :
        TestImages.index(Format.OCI, "mounted").children().getFirst().blobs().keySet()) {
      // The one GET is the look of this test.
      assertThat(lines(openRegistry, "GET", "mount/from/blobs/" + blob)).isZero();
      assertThat(lines(openRegistry, "POST", "mount=sha256%3A" + blob.hex())).isEqualTo(1);
    }
  }

  @Test
  void insideOneRepositoryOnlyTheTagIsNew() throws Exception {
    TestImage image = TestImages.oci("retagged");
    for (Peer peer : List.of(open, closed, dev)) {
      peer.client().push("retag", "1", image);

      assertThat(copy(peer, "retag:1", peer, "retag:2")).isEqualTo(image.digest());

      assertThat(peer.client().digest("retag", "2")).contains(image.digest());
    }
    assertThat(lines(openRegistry, "POST", "/v2/retag/blobs/uploads/?mount")).isZero();
  }

  @Test
  void aDigestIsCopiedByDigest() throws Exception {
    TestImage image = TestImages.oci("by digest");
    open.client().push("digest", "1", image);

    copy(open, "digest@" + image.digest(), dev, "digest@" + image.digest());
    assertThat(dev.client().digest("digest", image.digest().toString())).contains(image.digest());

    String other = "sha256:" + "0".repeat(64);
    RegistryException refused = Ours.refusal(() -> copy(open, "digest:1", dev, "digest@" + other));
    assertThat(refused.reason()).isEqualTo(Reason.DIGEST_MISMATCH);
    assertThat(refused)
        .hasMessage(
            "push " + dev.domain() + "/digest@" + other + ": the image is " + image.digest());
  }

  @Test
  void manyCopiesOfTheSameLayersAtOnceAllSucceed() throws Exception {
    TestImage image =
        TestImages.image(
            Format.OCI,
            Platform.LINUX_AMD64,
            List.of(TestImages.randomLayer(2, 3), TestImages.randomLayer(2, 4)));
    open.client().push("many", "1", image);

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Digest>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String tag = "copy-" + i;
        all.add(threads.submit(() -> copy(open, "many:1", dev, "many:" + tag)));
        all.add(threads.submit(() -> copy(open, "many:1", closed, "many/" + tag + ":1")));
      }
      for (Future<Digest> one : all) {
        assertThat(one.get(60, TimeUnit.SECONDS)).isEqualTo(image.digest());
      }
    }

    assertComplete(dev, "many", image);
    assertComplete(closed, "many/copy-7", image);
  }

  @Test
  void aLayoutIsPushedAsItIs(@TempDir Path folder) throws Exception {
    TestImage index = TestImages.index(Format.OCI, "layout");
    Path layout = index.writeLayout(folder);

    for (Peer peer : List.of(open, closed, dev)) {
      Digest pushed =
          ours.transfer()
              .pushLayout(
                  layout, peer.reference("layout:1"), Ours.credentials(NOBODY, peer.credential()));

      assertThat(pushed).isEqualTo(index.digest());
      assertThat(peer.client().manifest("layout", "1")).hasValue(index.manifest());
      assertComplete(peer, "layout", index);
    }
  }

  @Test
  void aSourceThatIsNotThereIsNamedAndNothingIsSent() {
    RegistryException gone = Ours.refusal(() -> copy(open, "no/such:1", dev, "never:1"));

    assertThat(gone.reason().isNotFound()).isTrue();
    assertThat(gone).hasMessageStartingWith("pull " + open.domain() + "/no/such:1: 404");
  }

  @Test
  void aTargetThatMayNotBeWrittenToIsNamed() throws Exception {
    open.client().push("denied", "1", TestImages.oci("denied"));

    RegistryException refused =
        Ours.refusal(() ->
            ours.copy(open.domain() + "/denied:1", closed.domain() + "/denied:1", NOBODY, NOBODY));

    assertThat(refused.reason()).isEqualTo(Reason.UNAUTHORIZED);
    assertThat(refused)
        .hasMessageStartingWith("push " + closed.domain() + "/denied:1: 401")
        .hasMessageEndingWith("there are no credentials for " + closed.domain());
  }

  private Digest copy(Peer from, String image, Peer to, String target) throws Exception {
    return ours.copy(
        from.domain() + "/" + image,
        to.domain() + "/" + target,
        from.credential(),
        to.credential());
  }

  /** Everything that an image names is there, byte for byte. */
  private static void assertComplete(Peer peer, String repository, TestImage image)
      throws IOException {
    assertThat(peer.client().manifest(repository, image.digest().toString()))
        .hasValue(image.manifest());
    for (Map.Entry<Digest, byte[]> blob : image.blobs().entrySet()) {
      var head = peer.client().blob(repository, blob.getKey());
      assertThat(head).as("%s of %s", blob.getKey(), repository).hasValue(blob.getValue());
    }
    for (TestImage child : image.children()) {
      assertComplete(peer, repository, child);
    }
  }

  /** How many requests Debian's registry has logged that hold both. */
  private static int lines(DebianRegistry registry, String method, String part) throws IOException {
    return (int)
        registry
            .log()
            .lines()
            .filter(line -> line.contains("\"" + method + " ") && line.contains(part))
            .count();
  }

  private record Peer(String domain, PlainRegistryClient client, Credential credential) {
    ImageReference reference(String rest) {
      return ImageReference.parse(domain + "/" + rest);
    }
  }
}
