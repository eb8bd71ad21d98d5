package dev.imagebuilder.backend.wsmanager;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * Lets so many starts through at once as ws-manager keeps up with: more while it answers quickly,
 * fewer when it is slow. Owners take turns, so that one's burst does not delay another's first
 * build. Safe for any thread.
 *
 * @see "SPEC 7.5, point 6: 150 at once took up to 48 s, and most were given up after 30 s"
 */
final class StartGate {
  private static final int FIRST = 16;
  private static final int MOST = 128;
  private static final int LEAST = 4;
  private static final Duration QUICK = Duration.ofSeconds(1);
  private static final Duration SLOW = Duration.ofSeconds(5);

  private final Map<String, Deque<CountDownLatch>> waiting = new LinkedHashMap<>();
  private int limit = FIRST;
  private int inside;

  /** Waits for its turn; closing what it returns ends it. */
  Turn enter(String owner) throws InterruptedException {
    CountDownLatch turn = new CountDownLatch(1);
    synchronized (this) {
      waiting.computeIfAbsent(owner, _ -> new ArrayDeque<>()).add(turn);
      admit();
    }
    try {
      turn.await();
    } catch (InterruptedException e) {
      leave(owner, turn);
      throw e;
    }
    return new Turn();
  }

  synchronized int limit() {
    return limit;
  }

  synchronized int waiting() {
    return waiting.values().stream().mapToInt(Deque::size).sum();
  }

  private synchronized void leave(String owner, CountDownLatch turn) {
    Deque<CountDownLatch> line = waiting.get(owner);
    boolean hasWaited = line != null && line.remove(turn);
    if (line != null && line.isEmpty()) {
      waiting.remove(owner);
    }
    if (!hasWaited) {
      inside--;
      admit();
    }
  }

  private void admit() {
    while (inside < limit && !waiting.isEmpty()) {
      var first = waiting.entrySet().iterator().next();
      String owner = first.getKey();
      Deque<CountDownLatch> line = first.getValue();
      waiting.remove(owner);
      CountDownLatch next = line.remove();
      if (!line.isEmpty()) {
        waiting.put(owner, line);
      }
      inside++;
      next.countDown();
    }
  }

  private synchronized void end(Duration took) {
    inside--;
    if (took.compareTo(QUICK) < 0) {
      limit = Math.min(MOST, limit + 1);
    } else if (took.compareTo(SLOW) > 0) {
      limit = Math.max(LEAST, limit / 2);
    }
    admit();
  }

  /** The right to start one workspace. */
  final class Turn implements AutoCloseable {
    private final long since = System.nanoTime();

    @Override
    public void close() {
      end(Duration.ofNanos(System.nanoTime() - since));
    }
  }
}
