package dev.imagebuilder.core.work;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Does equal work that is asked for at the same time once, and gives all who asked its end. Who
 * waits for one that was interrupted starts anew.
 *
 * @param <X> how the work fails
 */
public final class SingleFlight<K, V, X extends Exception> {
  private final Map<K, CompletableFuture<V>> running = new ConcurrentHashMap<>();
  private final Duration patience;
  private final Class<X> failure;

  /**
   * Knows nothing under way.
   *
   * @param patience how long anybody waits for another's work before doing it too
   */
  public SingleFlight(Class<X> failure, Duration patience) {
    this.failure = failure;
    this.patience = patience;
  }

  /**
   * The result of the work that is under way for the key, or of this.
   *
   * @throws X if that work failed; all who waited for it get the same exception
   */
  public V get(K key, Work<V, X> work) throws X, InterruptedException {
    while (true) {
      CompletableFuture<V> mine = new CompletableFuture<>();
      CompletableFuture<V> theirs = running.putIfAbsent(key, mine);
      if (theirs == null) {
        return lead(key, mine, work);
      }
      try {
        return theirs.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        if (failure.isInstance(e.getCause())) {
          throw failure.cast(e.getCause());
        }
        throw new IllegalStateException(e.getCause());
      } catch (CancellationException _) {
        // The one who did it was interrupted; that is not our end.
      } catch (TimeoutException _) {
        return work.run();
      }
    }
  }

  private V lead(K key, CompletableFuture<V> mine, Work<V, X> work) throws X, InterruptedException {
    try {
      V result = work.run();
      // Before anybody hears of the end: who asks again then must not be given it once more.
      running.remove(key, mine);
      mine.complete(result);
      return result;
    } catch (Exception e) {
      running.remove(key, mine);
      if (failure.isInstance(e)) {
        mine.completeExceptionally(e);
      }
      throw e;
    } finally {
      running.remove(key, mine);
      mine.cancel(false);
    }
  }

  /** Something that takes a while. */
  @FunctionalInterface
  public interface Work<V, X extends Exception> {

    /** Does it. */
    V run() throws X, InterruptedException;
  }
}
