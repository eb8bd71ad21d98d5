package dev.imagebuilder.service;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Images;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.work.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks some references up ahead of time, by nobody's credentials, and answers from that: whoever
 * asks, and however old it is. What is not known yet, and every other reference, is asked of the
 * registry. Spellings of one reference, such as {@code busybox:1} and {@code
 * docker.io/library/busybox:1}, are the same.
 *
 * @see "SPEC 6.3"
 */
public final class RefCache implements Images, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RefCache.class);

  private final Images live;
  private final List<ImageReference> references;
  private final Duration interval;
  private final Map<ImageReference, ImageReference> known = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();

  private RefCache(Images live, List<ImageReference> references, Duration interval) {
    this.live = live;
    this.references = List.copyOf(references);
    this.interval = interval;
  }

  /**
   * Begins to look up, and returns without waiting for any of it.
   *
   * @param interval from the end of one round to the next
   */
  public static RefCache start(Images live, List<ImageReference> references, Duration interval) {
    RefCache cache = new RefCache(live, references, interval);
    cache.thread.execute(cache::refreshUntilClosed);
    return cache;
  }

  @Override
  public ImageReference resolve(ImageReference reference, Credential credential, Attempts attempts)
      throws RegistryException, InterruptedException {
    @Nullable ImageReference kept = known.get(reference);
    return kept == null ? live.resolve(reference, credential, attempts) : kept;
  }

  /** Ends a round that is under way. */
  @Override
  public void close() {
    closed.countDown();
    thread.shutdownNow();
    thread.close();
  }

  private void refreshUntilClosed() {
    try {
      do {
        refresh();
      } while (!closed.await(interval.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException _) {
      log.atDebug().log("closed in the middle of a round");
    }
  }

  /** Side by side: a registry that does not answer holds up its own references only. */
  private void refresh() throws InterruptedException {
    List<Callable<Boolean>> all = new ArrayList<>();
    references.forEach(reference -> all.add(() -> refresh(reference)));
    try {
      long count = Tasks.allOf(all).stream().filter(isKnown -> isKnown).count();
      log.atInfo()
          .addKeyValue("count", count)
          .addKeyValue("of", references.size())
          .log("references looked up ahead of time");
    } catch (ExecutionException e) {
      log.atError().setCause(e.getCause()).log("a look-up ahead of time broke");
    }
  }

  /** True if it succeeds; otherwise what was known stays. */
  private boolean refresh(ImageReference reference) throws InterruptedException {
    try {
      known.put(reference, live.resolve(reference, Credential.anonymous(), Attempts.SEVERAL));
      return true;
    } catch (RegistryException e) {
      log.atWarn()
          .addKeyValue("ref", reference)
          .addKeyValue("stays", known.containsKey(reference) ? "as it was" : "unknown")
          .addKeyValue("cause", e.getMessage())
          .log("cannot look up a reference ahead of time");
      return false;
    }
  }
}
