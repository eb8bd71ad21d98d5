package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SentBodyTest {
  private static final Duration LONG = Duration.ofSeconds(10);

  private final SentBody body = new SentBody(6);
  private final Connection connection = new Connection();

  @Test
  void piecesGoWhereTheyAreWanted() throws Exception {
    body.subscribe(connection);
    connection.subscription().request(2);

    assertThat(body.send(bytes("abc"), LONG)).isTrue();
    assertThat(body.send(bytes("def"), LONG)).isTrue();
    body.complete();

    assertThat(connection.text()).isEqualTo("abcdef");
    assertThat(connection.completed).isTrue();
    assertThat(body.contentLength()).isEqualTo(6);
  }

  @Test
  void aServerThatTakesNothingIsGivenUp() {
    body.subscribe(connection);

    assertThatExceptionOfType(HttpTimeoutException.class)
        .isThrownBy(() -> body.send(bytes("abc"), Duration.ofMillis(20)))
        .withMessage("took nothing for 20 ms");
  }

  @Test
  void nothingIsSentOnceTheExchangeIsOver() throws Exception {
    CompletableFuture<String> exchange = new CompletableFuture<>();
    body.endWith(exchange);
    body.subscribe(connection);

    exchange.complete("an early answer");

    assertThat(body.send(bytes("abc"), LONG)).isFalse();
    body.complete();
    assertThat(connection.text()).isEmpty();
    assertThat(connection.completed).isFalse();
  }

  @Test
  void aCanceledConnectionEndsTheWaiting() throws Exception {
    body.subscribe(connection);
    connection.subscription().cancel();

    assertThat(body.send(bytes("abc"), LONG)).isFalse();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static final class Connection implements Flow.Subscriber<ByteBuffer> {
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private Flow.@Nullable Subscription subscription;
    private boolean completed;

    Flow.Subscription subscription() {
      Flow.Subscription its = subscription;
      if (its == null) {
        throw new AssertionError("not subscribed");
      }
      return its;
    }

    String text() {
      return sent.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
    }

    @Override
    public void onNext(ByteBuffer piece) {
      byte[] bytes = new byte[piece.remaining()];
      piece.get(bytes);
      sent.writeBytes(bytes);
    }

    @Override
    public void onError(Throwable broken) {
      throw new AssertionError(broken);
    }

    @Override
    public void onComplete() {
      completed = true;
    }
  }
}
