package dev.imagebuilder.registry;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many exchanges with one host run at once, by what they cost. A copy holds an upload while it
 * waits for a download and never the other way round, so two copies cannot wait for each other.
 */
final class Lanes {
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private final Map<Lane, Semaphore> free = new EnumMap<>(Lane.class);

  Lanes() {
    for (Lane lane : Lane.values()) {
      free.put(lane, new Semaphore(lane.width, true));
    }
  }

  /** Waits for a place; close gives it back. */
  Place enter(Lane lane) throws IOException, InterruptedException {
    Semaphore places = free.get(lane);
    if (places == null || !places.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IOException("no free connection within " + PATIENCE.toMinutes() + " minutes");
    }
    return new Place(places);
  }

  /** What an exchange costs. */
  enum Lane {
    /** A small question with a small answer. */
    CALL(16),
    DOWNLOAD(6),
    UPLOAD(6);

    private final int width;

    Lane(int width) {
      this.width = width;
    }
  }

  /** A place that is taken. */
  static final class Place implements AutoCloseable {
    private final Semaphore places;
    private boolean isFree;

    private Place(Semaphore places) {
      this.places = places;
    }

    @Override
    public void close() {
      if (!isFree) {
        isFree = true;
        places.release();
      }
    }
  }
}
