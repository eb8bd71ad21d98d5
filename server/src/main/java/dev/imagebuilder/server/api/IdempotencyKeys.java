package dev.imagebuilder.server.api;

import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.service.Build;
import dev.imagebuilder.service.Builds;
import dev.imagebuilder.service.Builds.Ticket;
import dev.imagebuilder.service.RequestFault;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets a client that does not know whether its request arrived send it again: a key that was used
 * leads to the build that it has started, as long as that is kept. Safe for any thread.
 */
final class IdempotencyKeys {
  private static final int MOST_KEYS = 10_000;

  private final Builds builds;
  private final Map<String, Turn> turns =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Turn> eldest) {
          return size() > MOST_KEYS;
        }
      };

  IdempotencyKeys(Builds builds) {
    this.builds = builds;
  }

  /** Finds the build that was started with the key, or starts one. No key, no memory. */
  Ticket once(String key, Starter starter) throws RequestFault, InterruptedException {
    if (key.isEmpty()) {
      return starter.start();
    }
    Turn turn = turn(key);
    turn.lock.lockInterruptibly();
    try {
      Optional<Build> known = Optional.ofNullable(turn.id).flatMap(builds::find);
      if (known.isPresent()) {
        return new Ticket.Building(known.get());
      }
      Ticket ticket = starter.start();
      turn.id = ticket instanceof Ticket.Building(var build) ? build.id() : null;
      return ticket;
    } finally {
      turn.lock.unlock();
    }
  }

  private synchronized Turn turn(String key) {
    return turns.computeIfAbsent(key, _ -> new Turn());
  }

  /** Requests with the same key, one after the other. */
  private static final class Turn {
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable BuildId id;
  }

  /** Starts the build. */
  @FunctionalInterface
  interface Starter {
    Ticket start() throws RequestFault, InterruptedException;
  }
}
