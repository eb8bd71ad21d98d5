package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.imagebuilder.net.Network;
import dev.imagebuilder.registry.Wire.Outgoing;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Large bodies on their way out. */
final class WireIT {
  private static final int LARGE = 64 << 20;

  private final Network network = Network.ofJdk();
  private final HttpClient client =
      network.httpClient().version(HttpClient.Version.HTTP_1_1).build();
  private final Wire wire = new Wire(network);

  @AfterEach
  void close() {
    client.shutdownNow();
  }

  @Test
  void aLargeBodyArrivesWhole() throws Exception {
    byte[] body = new byte[3 << 20];
    body[body.length - 1] = 7;
    try (FakeRegistry server = FakeRegistry.answering(Answer.of(Reply.of(201)))) {
      var response = wire.exchange(client, put(server.address(), Content.of(body)), Ours.STEADY);

      assertThat(response.statusCode()).isEqualTo(201);
      assertThat(server.requests().getFirst().body()).isEqualTo(body);
    }
  }

  @Test
  void aServerThatTakesNothingIsGivenUp() throws Exception {
    try (ServerSocket deaf = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
      URI uri = URI.create("http://127.0.0.1:" + deaf.getLocalPort());
      long start = System.nanoTime();

      assertThatExceptionOfType(HttpTimeoutException.class)
          .isThrownBy(() -> wire.exchange(client, put(uri, zeros()), Ours.HASTY))
          .withMessage("took nothing for 400 ms");

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }
  }

  @Test
  void contentThatBreaksIsNotTheServersFault() throws Exception {
    Content broken =
        new Content(
            LARGE,
            () ->
                new InputStream() {
                  @Override
                  public int read() throws IOException {
                    throw new IOException("the disk is gone");
                  }

                  @Override
                  public int read(byte[] target, int offset, int length) throws IOException {
                    return read();
                  }
                });
    try (FakeRegistry server = FakeRegistry.answering(Answer.of(Reply.of(201)))) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> wire.exchange(client, put(server.address(), broken), Ours.STEADY))
          .withMessage("the disk is gone");
    }
  }

  private static Outgoing put(URI server, Content content) {
    return new Outgoing("PUT", URI.create(server + "/v2/x"), Map.of(), content);
  }

  /** More than sockets take when nobody reads. */
  private static Content zeros() {
    return Content.of(new byte[LARGE]);
  }
}
