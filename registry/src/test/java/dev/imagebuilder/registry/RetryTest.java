package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Exchange;
import dev.imagebuilder.core.RegistryException.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** SPEC 6.5, and what copies need. */
final class RetryTest {
  private static final Patience THREE = patience(3, Duration.ofSeconds(1));

  private final AtomicInteger calls = new AtomicInteger();

  @Test
  @Tag("row-81")
  void whatMayPassIsTriedAgain() throws Exception {
    for (int status : new int[] {429, 500, 502, 503, 504, 408}) {
      calls.set(0);

      assertThat(new Retry(THREE).run(() -> succeedAfter(2, refused(status, null))))
          .as("%d", status)
          .isEqualTo(3);
    }
  }

  @Test
  @Tag("row-81")
  void whatWillNotPassIsNot() {
    for (int status : new int[] {400, 401, 403, 404, 413, 501}) {
      calls.set(0);

      assertThatExceptionOfType(RegistryException.class)
          .as("%d", status)
          .isThrownBy(() -> new Retry(THREE).run(() -> succeedAfter(1, refused(status, null))));
      assertThat(calls).as("%d", status).hasValue(1);
    }
  }

  @Test
  void connectionsAreTriedAgainUnlessTheCertificateIsBad() throws Exception {
    RegistryException broken = transport(new IOException("reset"));
    assertThat(new Retry(THREE).run(() -> succeedAfter(1, broken))).isEqualTo(2);

    IOException handshake = new SSLHandshakeException("no");
    handshake.initCause(new CertificateException("expired"));
    calls.set(0);
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> new Retry(THREE).run(() -> succeedAfter(1, transport(handshake))));
    assertThat(calls).hasValue(1);
  }

  @Test
  void aLostUploadIsBegunAnew() throws Exception {
    RegistryException lost = failure(Reason.OTHER, 404, List.of("BLOB_UPLOAD_UNKNOWN"), null);

    assertThat(new Retry(THREE).run(() -> succeedAfter(1, lost))).isEqualTo(2);
  }

  @Test
  void theEndSaysHowOftenItWasTried() {
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> new Retry(THREE).run(() -> succeedAfter(99, refused(503, null))))
        .withMessage("pull reg.io/a:1: 503; gave up after 3 attempts")
        .satisfies(e -> assertThat(e.exchange().attempts()).isEqualTo(3))
        .satisfies(e -> assertThat(e.exchange().status()).isEqualTo(503));
    assertThat(calls).hasValue(3);
  }

  @Test
  @Tag("row-81")
  void onceMeansOnce() {
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> new Retry(Patience.ONCE).run(() -> succeedAfter(1, refused(503, null))))
        .withMessage("pull reg.io/a:1: 503");
    assertThat(calls).hasValue(1);
  }

  @Test
  @Tag("row-82")
  void retryAfterIsHonoured() throws Exception {
    long start = System.nanoTime();

    new Retry(THREE).run(() -> succeedAfter(1, refused(429, Duration.ofMillis(300))));

    assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(295));
  }

  @Test
  @Tag("row-82")
  void aLimitIsStillALimitAfterTheLastAttempt() {
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> new Retry(THREE).run(() -> succeedAfter(99, refused(429, null))))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.RATE_LIMITED))
        .satisfies(e -> assertThat(e.exchange().status()).isEqualTo(429));
  }

  @Test
  void whoAsksForTooLongAPauseIsNotAskedAgain() {
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(
            () -> new Retry(THREE).run(() -> succeedAfter(1, refused(429, Duration.ofMinutes(5)))))
        .satisfies(e -> assertThat(e.exchange().retryAfter()).hasMinutes(5));
    assertThat(calls).hasValue(1);
  }

  @Test
  void anInterruptionInTheMiddleOfAnAnswerIsAnInterruption() {
    RegistryException broken = transport(new InterruptedIOException("interrupted"));

    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() ->
            new Retry(Patience.ONCE)
                .run(() -> {
                  Thread.currentThread().interrupt();
                  return succeedAfter(1, broken);
                }));
    assertThat(Thread.interrupted()).isFalse();
  }

  private int succeedAfter(int failures, RegistryException failure) throws RegistryException {
    if (calls.incrementAndGet() <= failures) {
      throw failure;
    }
    return calls.get();
  }

  private static Patience patience(int attempts, Duration longestWait) {
    Duration short1 = Duration.ofMillis(1);
    return new Patience(attempts, short1, short1, short1, longestWait);
  }

  private static RegistryException refused(int status, @Nullable Duration retryAfter) {
    Reason reason = status == 429 ? Reason.RATE_LIMITED : Reason.OTHER;
    return failure(reason, status, List.of(), retryAfter);
  }

  private static RegistryException failure(
      Reason reason, int status, List<String> codes, @Nullable Duration retryAfter) {
    var exchange = new Exchange("GET", "reg.io", "a", status, codes, retryAfter, 1);
    return new RegistryException(reason, "pull reg.io/a:1: " + status, exchange, null);
  }

  private static RegistryException transport(IOException cause) {
    var exchange = new Exchange("GET", "reg.io", "a", null, List.of(), null, 1);
    return new RegistryException(Reason.TRANSPORT, "pull reg.io/a:1: broke", exchange, cause);
  }
}
