package dev.imagebuilder.backend.wsmanager;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The workspaces that nobody wants any more, until they are known to be over: a stop may not have
 * come through, and a start that seemed to fail may turn out to have gone through. Safe for any
 * thread.
 */
final class Condemned {
  /** After so long no start goes through any more. */
  private static final long FORGOTTEN_AFTER = TimeUnit.MINUTES.toNanos(30);

  private final Map<String, Long> since = new HashMap<>();
  private final Set<String> seen = new HashSet<>();

  /** Wants a workspace stopped, whenever it shows up. */
  synchronized void add(String id) {
    since.putIfAbsent(id, System.nanoTime());
  }

  /** It is over. */
  synchronized void pardon(String id) {
    since.remove(id);
    seen.remove(id);
  }

  synchronized boolean isToStop(String id) {
    return since.containsKey(id);
  }

  /** It is there, and does not end. */
  synchronized void seen(String id) {
    seen.add(id);
  }

  /** Those that are there and have to be stopped (again). */
  synchronized List<String> takeSeen() {
    long now = System.nanoTime();
    since.values().removeIf(added -> now - added > FORGOTTEN_AFTER);
    List<String> all = new ArrayList<>(seen);
    seen.clear();
    return all;
  }
}
