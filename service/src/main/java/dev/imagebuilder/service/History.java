package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The builds that have ended, newest first, as long as they are kept. Safe for any thread. */
final class History {
  private final ServiceOptions.History limits;
  private final Deque<Entry> entries = new ArrayDeque<>();

  History(ServiceOptions.History limits) {
    this.limits = limits;
  }

  /** Keeps a build that has ended now. */
  synchronized void add(Attempt attempt, Instant now) {
    entries.addFirst(new Entry(attempt, now));
  }

  /** All that are kept. */
  synchronized List<Build> all() {
    return entries.stream().<Build>map(Entry::attempt).toList();
  }

  /** The build of an id. */
  synchronized Optional<Build> find(BuildId id) {
    return entries.stream()
        .<Build>map(Entry::attempt)
        .filter(attempt -> attempt.id().equals(id))
        .findFirst();
  }

  /** The build of a workspace reference that ended last. */
  synchronized Optional<Build> newestOf(String ref) {
    return entries.stream()
        .<Build>map(Entry::attempt)
        .filter(attempt -> attempt.snapshot().ref().equals(ref))
        .findFirst();
  }

  /** Forgets what is too old or too much, and removes the logs. */
  void sweep(Instant now) {
    forgotten(now.minus(limits.maxAge())).forEach(Attempt::deleteLog);
  }

  private synchronized List<Attempt> forgotten(Instant oldest) {
    List<Attempt> forgotten = new ArrayList<>();
    while (!entries.isEmpty()
        && (entries.size() > limits.maxBuilds() || entries.getLast().endedAt().isBefore(oldest))) {
      forgotten.add(entries.removeLast().attempt());
    }
    return forgotten;
  }

  private record Entry(Attempt attempt, Instant endedAt) {}
}
