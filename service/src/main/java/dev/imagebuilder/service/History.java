package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The builds that have ended, as long as they are kept. Safe for any thread. */
final class History {
  private final ServiceOptions.History limits;

  /** Oldest first. */
  private final LinkedHashMap<BuildId, EndedBuild> builds = new LinkedHashMap<>();

  private final Map<String, EndedBuild> newest = new HashMap<>();

  History(ServiceOptions.History limits) {
    this.limits = limits;
  }

  /** Keeps a build that has just ended. */
  synchronized void add(EndedBuild build) {
    builds.put(build.id(), build);
    newest.put(build.snapshot().ref(), build);
  }

  /** All that are kept, newest first. */
  synchronized List<Build> all() {
    return List.copyOf(builds.sequencedValues().reversed());
  }

  /** The build of an id. */
  synchronized Optional<Build> find(BuildId id) {
    return Optional.ofNullable(builds.get(id));
  }

  /** The build of a workspace reference that ended last. */
  synchronized Optional<Build> newestOf(String ref) {
    return Optional.ofNullable(newest.get(ref));
  }

  /** Forgets what is too old or too much, and removes the logs. */
  void sweep(Instant now) {
    forgotten(now.minus(limits.maxAge())).forEach(build -> build.log().delete());
  }

  private synchronized List<EndedBuild> forgotten(Instant oldest) {
    List<EndedBuild> forgotten = new ArrayList<>();
    while (!builds.isEmpty()
        && (builds.size() > limits.maxBuilds()
            || builds.firstEntry().getValue().endedAt().isBefore(oldest))) {
      EndedBuild build = builds.pollFirstEntry().getValue();
      newest.remove(build.snapshot().ref(), build);
      forgotten.add(build);
    }
    return forgotten;
  }
}
