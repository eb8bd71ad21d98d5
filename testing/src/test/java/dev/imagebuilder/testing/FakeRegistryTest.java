package dev.imagebuilder.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakeRegistryTest {
  private static final Answer HELLO =
      Answer.of(Reply.of(200, "text/plain", "hello".getBytes(StandardCharsets.UTF_8)));

  private final HttpClient http = HttpClient.newHttpClient();
  private final FakeRegistry fake;

  FakeRegistryTest() throws IOException {
    fake = FakeRegistry.start();
  }

  @AfterEach
  void close() {
    fake.close();
    http.close();
  }

  @Test
  void requestsAreRememberedAsTheyCame() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(fake.address() + "/v2/a%2Fb?x=%20"))
            .header("X-Some", "thing")
            .POST(BodyPublishers.ofString("body"))
            .build();

    http.send(request, BodyHandlers.discarding());

    Request seen = fake.requests().getFirst();
    assertThat(seen).hasToString("POST /v2/a%2Fb?x=%20");
    assertThat(seen.path()).isEqualTo("/v2/a%2Fb");
    assertThat(seen.header("x-SOME")).contains("thing");
    assertThat(seen.text()).isEqualTo("body");
  }

  @Test
  void everyChallengeIsAHeaderOfItsOwn() throws Exception {
    fake.answer(Answer.unauthorized("Basic realm=\"a\"", "Bearer realm=\"b\""));

    HttpResponse<String> response = get();

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.headers().allValues("WWW-Authenticate")).hasSize(2);
    assertThat(response.body()).contains("UNAUTHORIZED");
  }

  @Test
  void answersChangeAfterSoManyRequests() throws Exception {
    fake.answer(Answer.tooMany("1").times(2, HELLO));

    assertThat(get().headers().firstValue("Retry-After")).contains("1");
    assertThat(get().statusCode()).isEqualTo(429);
    assertThat(get().body()).isEqualTo("hello");
  }

  @Test
  void anImageIsServedUnderEveryNameAndItsDigest() throws Exception {
    TestImage image = TestImages.oci("hello");
    fake.answer(Answer.serving(image));
    PlainRegistryClient client = PlainRegistryClient.of(fake.address());

    assertThat(client.manifest("any/name", "any-tag")).hasValue(image.manifest());
    assertThat(client.manifest("a", image.digest().toString())).hasValue(image.manifest());
    assertThat(client.manifest("a", "sha256:" + "0".repeat(64))).isEmpty();
    image.blobs().keySet().forEach(blob -> assertThat(blobOf(client, blob)).isTrue());
  }

  @Test
  void answersDependOnTheRequest() throws Exception {
    fake.answer(Answer.denied("DENIED").when(request -> request.method().equals("PUT"), HELLO));

    assertThat(get().statusCode()).isEqualTo(200);
  }

  @Test
  void headersAndBodiesCanBeWrong() throws Exception {
    fake.answer(HELLO.with("Docker-Content-Digest", "sha256:wrong").corrupted());

    HttpResponse<String> response = get();

    assertThat(response.headers().firstValue("Docker-Content-Digest")).contains("sha256:wrong");
    assertThat(response.body()).isNotEqualTo("hello").hasSize(5);
  }

  @Test
  void truncatedBodyEndsTheConnection() {
    fake.answer(HELLO.truncated(2));

    assertThatThrownBy(this::get).isInstanceOf(IOException.class);
  }

  @Test
  void stalledBodyEndsWithTheFake() throws Exception {
    fake.answer(HELLO.stalled());
    HttpRequest request = HttpRequest.newBuilder(fake.address()).build();

    HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
    assertThat(response.body().readNBytes(2)).hasSize(2);
    fake.close();

    assertThatThrownBy(() -> response.body().read()).isInstanceOf(IOException.class);
  }

  @Test
  void zerosComeWithoutALength() throws Exception {
    fake.answer(Answer.zeros(TestImage.OCI_MANIFEST, 5_000_000));

    HttpResponse<String> response = get();

    assertThat(response.body()).hasSize(5_000_000);
    assertThat(response.headers().firstValue("Content-Length")).isEmpty();
  }

  @Test
  void headHasTheLengthAndNoBody() throws Exception {
    fake.answer(HELLO);
    HttpRequest head = HttpRequest.newBuilder(fake.address()).HEAD().build();

    HttpResponse<String> response = http.send(head, BodyHandlers.ofString());

    assertThat(response.headers().firstValue("Content-Length")).contains("5");
    assertThat(response.body()).isEmpty();
  }

  @Test
  void redirectLeadsElsewhere() throws Exception {
    URI target = URI.create("http://127.0.0.1:1/elsewhere");
    fake.answer(Answer.redirect(307, target).after(Duration.ofMillis(1)));

    HttpResponse<String> response = get();

    assertThat(response.statusCode()).isEqualTo(307);
    assertThat(response.headers().firstValue("Location")).contains(target.toString());
  }

  private HttpResponse<String> get() throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(fake.address()).build(), BodyHandlers.ofString());
  }

  private static boolean blobOf(PlainRegistryClient client, Digest blob) {
    try {
      return client.blob("a", blob).isPresent();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
