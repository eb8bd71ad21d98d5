package dev.imagebuilder.registry;

import static dev.imagebuilder.registry.Ours.NOBODY;
import static dev.imagebuilder.registry.Ours.TESTER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Images;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.devregistry.DevRegistry;
import dev.imagebuilder.devregistry.DevRegistryOptions;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.DebianRegistry.Feature;
import dev.imagebuilder.testing.PlainRegistryClient;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import dev.imagebuilder.testing.TestImages.Format;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** SPEC 6.1 with Debian's registry, open and with a password, and our own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ResolveIT {
  private final DebianRegistry open;
  private final DebianRegistry closed;
  private final DevRegistry dev;
  private final Ours ours;

  ResolveIT(@TempDir Path folder) throws Exception {
    open = DebianRegistry.start();
    closed = DebianRegistry.start(Feature.PASSWORD);
    dev = DevRegistry.start(DevRegistryOptions.onLoopback(folder, 0));
    ours = Ours.open();
  }

  @BeforeAll
  void fill() throws Exception {
    for (Peer peer : peers()) {
      for (Format format : Format.values()) {
        String repository = format.name().toLowerCase(Locale.ROOT);
        peer.client().push(repository, "latest", image(format));
        peer.client().push(repository, "index", TestImages.index(format, "hello"));
        peer.client()
            .push(repository, "bare", TestImages.bareIndex(format, TestImages.oci("hidden")));
      }
    }
  }

  @AfterAll
  void close() throws Exception {
    ours.close();
    dev.close();
    open.close();
    closed.close();
  }

  @Test
  void aTagBecomesTheDigestOfItsImage() throws Exception {
    for (Peer peer : peers()) {
      for (Format format : Format.values()) {
        String name = peer.domain() + "/" + format.name().toLowerCase(Locale.ROOT);

        assertThat(ours.resolve(name, peer.credential()))
            .hasToString(name + "@" + image(format).digest());
        assertThat(ours.resolve(name + ":latest", peer.credential()))
            .hasToString(name + "@" + image(format).digest());
      }
    }
  }

  @Test
  @Tag("row-77")
  void aDigestStaysAndItsTagIsNotAskedFor() throws Exception {
    for (Peer peer : peers()) {
      String name = peer.domain() + "/oci";
      String digest = name + "@" + image(Format.OCI).digest();

      assertThat(ours.resolve(digest, peer.credential())).hasToString(digest);
      assertThat(
              ours.resolve(name + ":no-such-tag@" + image(Format.OCI).digest(), peer.credential()))
          .hasToString(digest);
    }
  }

  @Test
  @Tag("row-74")
  void anIndexBecomesThePlatformsImage() throws Exception {
    for (Peer peer : peers()) {
      for (Format format : Format.values()) {
        String name = peer.domain() + "/" + format.name().toLowerCase(Locale.ROOT);
        TestImage index = TestImages.index(format, "hello");

        assertThat(ours.resolve(name + ":index", peer.credential()))
            .hasToString(name + "@" + index.children().get(0).digest());
        assertThat(ours.resolve(name + "@" + index.digest(), peer.credential()))
            .hasToString(name + "@" + index.children().get(0).digest());
        assertThat(
                ours.resolve(
                    name + ":index",
                    peer.credential(),
                    Attempts.SEVERAL,
                    Platform.parse("linux/arm64/v8")))
            .hasToString(name + "@" + index.children().get(1).digest());
      }
    }
  }

  @Test
  @Tag("row-75")
  @Tag("row-76")
  void anIndexWithoutThePlatformSaysSo() {
    for (Peer peer : peers()) {
      RegistryException none = ours.refusal(peer.domain() + "/oci:bare", peer.credential());

      assertThat(none.reason()).isEqualTo(Reason.NO_PLATFORM);
      assertThat(none).hasMessage("no manifest for platform linux-amd64 found");
    }
  }

  @Test
  @Tag("row-78")
  void whatIsNotThereIsNotFound() {
    for (Peer peer : peers()) {
      String missing = "@sha256:" + "0".repeat(64);
      for (String rest : List.of("oci:no-such-tag", "oci" + missing, "no/such/repository:1")) {
        RegistryException gone = ours.refusal(peer.domain() + "/" + rest, peer.credential());

        assertThat(gone.reason().isNotFound()).as(gone.getMessage()).isTrue();
        assertThat(gone).hasMessageStartingWith("resolve " + peer.domain() + "/" + rest + ": 404");
        assertThat(gone.exchange().host()).isEqualTo(peer.domain());
        assertThat(gone.exchange().status()).isEqualTo(404);
      }
    }
  }

  @Test
  @Tag("row-78")
  void aPasswordIsNeededAndTheRightOne() {
    RegistryException none = ours.refusal(closed.domain() + "/oci", NOBODY);
    assertThat(none.reason()).isEqualTo(Reason.UNAUTHORIZED);
    assertThat(none).hasMessageEndingWith("there are no credentials for " + closed.domain());

    RegistryException wrong =
        ours.refusal(closed.domain() + "/oci", Ours.password(DebianRegistry.USER, "wr0ng-pass"));
    assertThat(wrong.reason()).isEqualTo(Reason.UNAUTHORIZED);
    assertThat(wrong)
        .hasMessageEndingWith("the credentials for " + closed.domain() + " were refused")
        .hasMessageNotContaining("wr0ng-pass");
  }

  @Test
  void oneCallersPasswordHelpsNoOther() throws Exception {
    ours.resolve(closed.domain() + "/oci", TESTER);

    assertThat(ours.refusal(closed.domain() + "/oci", NOBODY).reason())
        .isEqualTo(Reason.UNAUTHORIZED);
  }

  @Test
  void aTagThatMovedIsSeen() throws Exception {
    String name = dev.domain() + "/moving";
    PlainRegistryClient client = PlainRegistryClient.of(dev.uri());
    for (String content : List.of("one", "two")) {
      client.push("moving", "latest", TestImages.oci(content));

      assertThat(ours.resolve(name, NOBODY).digest()).contains(TestImages.oci(content).digest());
    }
  }

  @Test
  void loopbackByAddressIsTheSameRegistry() throws Exception {
    String address = "127.0.0.1:" + dev.address().getPort();

    assertThat(ours.resolve(address + "/oci", NOBODY).digest())
        .contains(image(Format.OCI).digest());
  }

  @Test
  void whatRegistriesMakesFailsOnceItIsClosed() throws Exception {
    Registries registries = new Registries(RegistryOptions.defaults(), Network.ofJdk());
    Images images = registries.images(Platform.LINUX_AMD64);
    ImageReference reference = ImageReference.parse(dev.domain() + "/oci");
    assertThat(images.resolve(reference, NOBODY, Attempts.ONE).digest())
        .contains(image(Format.OCI).digest());

    registries.close();

    assertThat(Ours.refusal(() -> images.resolve(reference, NOBODY, Attempts.ONE)).reason())
        .isEqualTo(Reason.TRANSPORT);
  }

  private List<Peer> peers() {
    return List.of(
        new Peer(open.domain(), client(open), NOBODY),
        new Peer(closed.domain(), client(closed), TESTER),
        new Peer(dev.domain(), PlainRegistryClient.of(dev.uri()), NOBODY));
  }

  private static PlainRegistryClient client(DebianRegistry registry) {
    try {
      return registry.client();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TestImage image(Format format) {
    return format == Format.OCI ? TestImages.oci("hello") : TestImages.docker("hello");
  }

  private record Peer(String domain, PlainRegistryClient client, Credential credential) {}
}
