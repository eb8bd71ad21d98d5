package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The builds that have ended, newest first, as long as they are kept. Safe for any thread. */
final class History {
  private final ServiceOptions.History limits;
  private final Deque<EndedBuild> builds = new ArrayDeque<>();

  History(ServiceOptions.History limits) {
    this.limits = limits;
  }

  /** Keeps a build that has just ended. */
  synchronized void add(EndedBuild build) {
    builds.addFirst(build);
  }

  /** All that are kept. */
  synchronized List<Build> all() {
    return List.copyOf(builds);
  }

  /** The build of an id. */
  Optional<Build> find(BuildId id) {
    return first(build -> build.id().equals(id));
  }

  /** The build of a workspace reference that ended last. */
  Optional<Build> newestOf(String ref) {
    return first(build -> build.snapshot().ref().equals(ref));
  }

  /** Forgets what is too old or too much, and removes the logs. */
  void sweep(Instant now) {
    forgotten(now.minus(limits.maxAge())).forEach(build -> build.log().delete());
  }

  private synchronized Optional<Build> first(Predicate<EndedBuild> wanted) {
    return builds.stream().filter(wanted).<Build>map(build -> build).findFirst();
  }

  private synchronized List<EndedBuild> forgotten(Instant oldest) {
    List<EndedBuild> forgotten = new ArrayList<>();
    while (!builds.isEmpty()
        && (builds.size() > limits.maxBuilds() || builds.getLast().endedAt().isBefore(oldest))) {
      forgotten.add(builds.removeLast());
    }
    return forgotten;
  }
}
