package dev.imagebuilder.backend.wsmanager;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Bounds how many replays are aligned at once. Each holds 256 KiB: when the way to all workspaces
 * breaks and comes back, a thousand builds would do so together.
 */
final class AligningPlaces {
  private static final long PATIENCE_SECONDS = 10;
  private final Semaphore places = new Semaphore(32);

  /** A place, or none if there is nothing to align or none gets free: then it goes without. */
  Place take(Replay replay) throws InterruptedException {
    return new Place(!replay.isAligned() && places.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  /** One alignment's place. */
  final class Place implements AutoCloseable {
    private boolean isTaken;

    private Place(boolean isTaken) {
      this.isTaken = isTaken;
    }

    /** The replay itself; gives the place back as soon as it is aligned. */
    OutputStream until(Replay replay) {
      return new FilterOutputStream(replay) {
        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
          out.write(bytes, from, count);
          if (replay.isAligned()) {
            close();
          }
        }

        @Override
        public void close() {
          Place.this.close();
        }
      };
    }

    @Override
    public void close() {
      if (isTaken) {
        isTaken = false;
        places.release();
      }
    }
  }
}
