package dev.imagebuilder.buildkit.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Secret;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers of an Engine as they are on the wire, also such as a real one gives seldom. */
final class DockerApiTest {
  private static final Digest DIGEST = Digest.of(new byte[0]);
  private static final ImageReference NAME = ImageReference.parse("localhost:5000/a/b:tag");

  @TempDir private Path folder;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch isAsked = new CountDownLatch(1);
  private final List<String> layers = new ArrayList<>();
  private ServerSocketChannel server;
  private DockerApi docker;

  @BeforeEach
  void listen() throws IOException {
    var address = UnixDomainSocketAddress.of(folder.resolve("docker.sock"));
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(address);
    docker = new DockerApi(address);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    threads.shutdownNow();
  }

  @Test
  void pushGivesTheDigestAndTellsOfLayers() throws Exception {
    Future<String> request =
        answering(
            ok(
                """
                {"status":"The push refers to repository [localhost:5000/a/b]"}
                {"status":"Pushing","progressDetail":{"current":5,"total":9},"id":"abc"}
                {"status":"Pushed","progressDetail":{},"id":"abc"}
                {"status":"tag: digest: %1$s size: 5"}
                {"progressDetail":{},"aux":{"Tag":"tag","Digest":"%1$s","Size":5}}
                """
                    .formatted(DIGEST)));

    assertThat(push()).isEqualTo(DIGEST);

    assertThat(layers).containsExactly("abc Pushing 5/9", "abc Pushed 0/0");
    assertThat(request.get())
        .startsWith("POST /images/localhost:5000/a/b/push?tag=tag HTTP/1.0\r\n");
    String auth = request.get().replaceFirst("(?s).*X-Registry-Auth: (\\S+)\r\n.*", "$1");
    assertThat(new String(Base64.getUrlDecoder().decode(auth), StandardCharsets.UTF_8))
        .contains("\"username\":\"me\"", "\"password\":\"päss\"");
  }

  @Test
  void pushThatIsRefusedSaysWhy() throws Exception {
    var _ =
        answering(
            ok(
                """
                {"status":"Preparing","id":"abc"}
                {"errorDetail":{"message":"denied: no"},"error":"denied: no"}
                """));

    assertThatThrownBy(this::push).isInstanceOf(DockerException.class).hasMessage("denied: no");
  }

  @Test
  void pushThatIsCutOffHasNotSucceeded() throws Exception {
    var _ = answering(ok("{\"status\":\"Pushed\",\"id\":\"abc\"}\n{\"stat"));

    assertThatThrownBy(this::push).isInstanceOf(IOException.class).hasMessageContaining("cut off");

    var _ = answering(ok("{\"status\":\"Pushed\",\"id\":\"abc\"}\n"));

    assertThatThrownBy(this::push).isInstanceOf(IOException.class).hasMessageContaining("digest");
  }

  @Test
  void refusalIsTheEnginesOwnWord() throws Exception {
    var _ = answering("HTTP/1.0 500 Oh\r\nA: b\r\n\r\n{\"message\":\"driver failed\"}");

    assertThatThrownBy(() -> docker.version())
        .isInstanceOf(DockerException.class)
        .hasMessage("driver failed");
  }

  @Test
  void whatIsNotThereIsNoFailure() throws Exception {
    var _ = answering("HTTP/1.0 404 Not Found\r\n\r\n{\"message\":\"No such image\"}");
    assertThat(docker.image("none:1")).isEmpty();

    var _ = answering("HTTP/1.0 404 Not Found\r\n\r\n{\"message\":\"No such image\"}");
    docker.untag("none:1");
  }

  @Test
  void imageWithoutNamesHasNone() throws Exception {
    var _ =
        answering(ok("{\"Id\":\"sha256:1\",\"RepoTags\":null,\"RepoDigests\":[\"a@sha256:2\"]}"));

    assertThat(docker.image("x"))
        .contains(new DockerApi.Image("sha256:1", List.of(), List.of("a@sha256:2")));
  }

  @Test
  void whatIsNoHttpIsNamed() throws Exception {
    var _ = answering("SSH-2.0-OpenSSH\r\n");

    assertThatThrownBy(() -> docker.version())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no HTTP: SSH-2.0");
  }

  @Test
  void silenceEndsAtTheLimit() throws Exception {
    var http = new DockerHttp(server.getLocalAddress());
    var request = new DockerHttp.Request("GET", "/x", List.of(), Duration.ofMillis(50));

    assertThatThrownBy(() -> http.call(request, (status, _) -> status))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("GET /x: no whole answer within");
  }

  @Test
  void interruptEndsACall() throws Exception {
    var _ = threads.submit(() -> read(server.accept()));
    Future<Digest> pushed = threads.submit(this::push);
    isAsked.await(10, TimeUnit.SECONDS);

    threads.shutdownNow();

    assertThatThrownBy(() -> pushed.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
  }

  private Digest push() throws Exception {
    return docker.push(
        NAME,
        new Credential.Password("me", Secret.of("päss")),
        (layer, status, done, total) ->
            layers.add(layer + " " + status + " " + done + "/" + total));
  }

  private static String ok(String body) {
    return "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + body;
  }

  /** Answers one request; gives that request. */
  private Future<String> answering(String answer) {
    return threads.submit(() -> {
      try (SocketChannel client = server.accept()) {
        String request = read(client);
        client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
        return request;
      }
    });
  }

  private String read(SocketChannel client) throws IOException {
    StringBuilder request = new StringBuilder();
    ByteBuffer bytes = ByteBuffer.allocate(8192);
    while (request.indexOf("\r\n\r\n") < 0 && client.read(bytes.clear()) > 0) {
      request.append(StandardCharsets.US_ASCII.decode(bytes.flip()));
    }
    isAsked.countDown();
    return request.toString();
  }
}
