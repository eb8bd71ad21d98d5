package dev.imagebuilder.registry;

import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Reason;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries a call again where that may help. Only for calls that may be made twice, which all of ours
 * are: content is named by its hash, and an upload that failed is begun anew.
 */
final class Retry {
  private static final Logger LOG = LoggerFactory.getLogger(Retry.class);

  /** The registry lost the upload, as one of several replicas may. */
  private static final List<String> LOST_UPLOAD =
      List.of("BLOB_UPLOAD_UNKNOWN", "BLOB_UPLOAD_INVALID");

  private final Patience patience;

  Retry(Patience patience) {
    this.patience = patience;
  }

  /** The call's result, of the first attempt that has one. */
  <T> T run(Attempt<T> attempt) throws RegistryException, InterruptedException {
    for (int number = 1; ; number++) {
      try {
        return attempt.run();
      } catch (RegistryException e) {
        if (Thread.interrupted()) {
          // Who is interrupted while an answer comes in sees it break off.
          throw interrupted(e);
        }
        Optional<Duration> pause = pauseAfter(number, e);
        if (pause.isEmpty()) {
          throw number == 1 ? e : Faults.after(number, e);
        }
        LOG.atDebug()
            .addKeyValue("attempt", number)
            .addKeyValue("pause", pause.get())
            .addKeyValue("cause", e.getMessage())
            .log("trying again");
        Thread.sleep(pause.get());
      }
    }
  }

  private static InterruptedException interrupted(RegistryException by) {
    InterruptedException interruption = new InterruptedException(by.getMessage());
    interruption.initCause(by);
    return interruption;
  }

  /** How long to wait before the next attempt; empty for no next attempt. */
  private Optional<Duration> pauseAfter(int attempt, RegistryException failure) {
    if (attempt >= patience.attempts() || !mayPass(failure)) {
      return Optional.empty();
    }
    Duration asked = failure.exchange().retryAfter();
    if (asked != null && asked.compareTo(patience.longestWait()) > 0) {
      return Optional.empty();
    }
    Duration growing = patience.firstWait().multipliedBy(1L << Math.min(attempt - 1, 20));
    Duration base =
        growing.compareTo(patience.longestWait()) < 0 ? growing : patience.longestWait();
    // Many who failed together must not come back together.
    double jitter = ThreadLocalRandom.current().nextDouble(0.75, 1.25);
    Duration own = Duration.ofNanos((long) (base.toNanos() * jitter));
    return Optional.of(asked == null || asked.compareTo(own) < 0 ? own : asked);
  }

  /**
   * True for 408, 429, for 5xx but 501, and for connections that failed for another reason than the
   * server's certificate.
   *
   * @see "SPEC 6.5; hashicorp/go-retryablehttp, ErrorPropagatedRetryPolicy"
   */
  private static boolean mayPass(RegistryException failure) {
    int status = failure.exchange().statusIfAny().orElse(0);
    return failure.reason() == Reason.RATE_LIMITED
        || status == 408
        || (status >= 500 && status != 501)
        || failure.exchange().codes().stream().anyMatch(LOST_UPLOAD::contains)
        || (failure.reason() == Reason.TRANSPORT
            && !Faults.causedBy(failure, CertificateException.class));
  }

  /** Something that may be done again. */
  interface Attempt<T> {
    T run() throws RegistryException, InterruptedException;
  }
}
