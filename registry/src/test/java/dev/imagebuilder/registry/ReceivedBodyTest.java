package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ReceivedBodyTest {
  private final ReceivedBody body = new ReceivedBody(Duration.ofSeconds(10));
  private final AtomicLong wanted = new AtomicLong();
  private boolean canceled;

  private final Flow.Subscription connection =
      new Flow.Subscription() {
        @Override
        public void request(long count) {
          wanted.addAndGet(count);
        }

        @Override
        public void cancel() {
          canceled = true;
        }
      };

  @Test
  void piecesBecomeAStream() throws IOException {
    body.onSubscribe(connection);
    body.onNext(List.of(bytes("ab"), bytes(""), bytes("c")));
    body.onNext(List.of());
    body.onNext(List.of(bytes("def")));
    body.onComplete();

    assertThat(body.read()).isEqualTo('a');
    assertThat(body.readAllBytes()).isEqualTo("bcdef".getBytes(StandardCharsets.UTF_8));
    assertThat(body.read()).isEqualTo(-1);
  }

  @Test
  void noMoreIsWantedThanIsRead() throws IOException {
    body.onSubscribe(connection);
    long atFirst = wanted.get();
    body.onNext(List.of(bytes("ab")));
    assertThat(wanted).hasValue(atFirst);

    assertThat(body.read()).isEqualTo('a');
    assertThat(wanted).hasValue(atFirst + 1);
  }

  @Test
  void aBrokenConnectionIsSaid() {
    body.onSubscribe(connection);
    body.onNext(List.of(bytes("ab")));
    body.onError(new IOException("reset by peer"));

    assertThatIOException()
        .isThrownBy(body::readAllBytes)
        .withMessage("the connection broke: reset by peer");
  }

  @Test
  void aServerThatStandsStillIsGivenUp() {
    ReceivedBody impatient = new ReceivedBody(Duration.ofMillis(20));
    impatient.onSubscribe(connection);
    impatient.onNext(List.of(bytes("ab")));

    assertThatExceptionOfType(HttpTimeoutException.class)
        .isThrownBy(impatient::readAllBytes)
        .withMessage("sent nothing for 20 ms");
    assertThat(canceled).isTrue();
  }

  @Test
  void anInterruptionEndsTheWaiting() {
    body.onSubscribe(connection);
    Thread.currentThread().interrupt();

    assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(body::read);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(canceled).isTrue();
  }

  @Test
  void closingEarlyGivesTheConnectionUp() throws IOException {
    body.onSubscribe(connection);
    body.onNext(List.of(bytes("ab")));

    body.close();

    assertThat(canceled).isTrue();
    assertThat(body.read()).isEqualTo(-1);
  }

  @Test
  void closingBeforeTheConnectionIsThereGivesItUpWhenItComes() {
    body.close();

    body.onSubscribe(connection);

    assertThat(canceled).isTrue();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
