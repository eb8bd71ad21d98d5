package dev.imagebuilder.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.testing.DebianRegistry.Feature;
import dev.imagebuilder.testing.TestImages.Format;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DebianRegistryIT {

  @Test
  void imagesOfEveryKindArePushedAndThere() throws IOException {
    try (DebianRegistry registry = DebianRegistry.start()) {
      PlainRegistryClient client = registry.client();

      for (Format format : Format.values()) {
        TestImage index = TestImages.index(format, "hello");
        client.push("some/app", format.name(), index);

        assertThat(client.digest("some/app", format.name())).contains(index.digest());
        assertThat(client.manifest("some/app", index.children().getFirst().digest().toString()))
            .isPresent();
      }
    }
  }

  @Test
  void passwordIsNeeded() throws IOException {
    try (DebianRegistry registry = DebianRegistry.start(Feature.PASSWORD)) {
      assertThat(PlainRegistryClient.of(registry.address()).get("/v2/").statusCode())
          .isEqualTo(401);
      assertThat(registry.client().get("/v2/").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void certificateIsOfTheAuthority() throws IOException {
    try (DebianRegistry registry = DebianRegistry.start(Feature.TLS, Feature.PASSWORD)) {
      assertThat(registry.address()).hasScheme("https");
      assertThat(registry.client().get("/v2/").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void nothingIsLeftBehind() throws IOException {
    DebianRegistry registry = DebianRegistry.start(Feature.TLS);
    URI address = registry.address();
    Path folder = registry.authority().getParent();

    registry.close();

    assertThat(folder).isNotNull();
    assertThat(Files.exists(folder)).isFalse();
    assertThat(address).isNotNull();
  }

  @Test
  void proxyPassesPushesAndCanSpoilThem() throws IOException {
    try (DebianRegistry registry = DebianRegistry.start();
        FakeRegistry proxy = FakeRegistry.answering(Answer.from(registry.address()))) {
      PlainRegistryClient client = PlainRegistryClient.of(proxy.address());
      TestImage image = TestImages.oci("hello");

      client.push("app", "v1", image);
      assertThat(registry.client().digest("app", "v1")).contains(image.digest());
      assertThat(proxy.requests(request -> request.method().equals("PUT"))).hasSize(3);

      proxy.answer(Answer.from(registry.address()).corrupted());
      assertThat(client.digest("app", "v1")).isPresent().get().isNotEqualTo(image.digest());
    }
  }
}
