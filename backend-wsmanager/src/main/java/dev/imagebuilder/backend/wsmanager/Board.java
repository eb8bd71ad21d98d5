package dev.imagebuilder.backend.wsmanager;

import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.FoundBuild;
import dev.imagebuilder.core.SharedBackend.Sightings;
import dev.imagebuilder.proto.wsman.WorkspaceStatus;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All workspaces that build images, ours and other processes'. Tells of builds that are not
 * followed here, and of ours that an older one makes unnecessary. Safe for any thread.
 */
final class Board {
  private static final Comparator<Observed> OLDEST_FIRST =
      Comparator.comparingLong(Observed::started).thenComparing(Observed::id);

  private final Map<String, Slot> followed = new HashMap<>();
  private final Map<String, Observed> live = new HashMap<>();
  private final Map<String, Set<String>> byRef = new HashMap<>();
  private final Condemned condemned;
  private @Nullable Sightings sightings;

  Board(Condemned condemned) {
    this.condemned = condemned;
  }

  synchronized void share(Sightings listener) {
    sightings = listener;
  }

  /** Follows a workspace from now on. */
  synchronized Slot open(BuildId build, Slot.Kind kind, Observed expected) {
    Observed known = live.getOrDefault(expected.id(), expected);
    Slot slot = new Slot(build, kind, known);
    followed.put(expected.id(), slot);
    return slot;
  }

  /** Does not follow it any more. */
  synchronized void close(Slot slot) {
    followed.remove(slot.now().id(), slot);
  }

  /** Another process's live build of an image, the oldest if there are several. */
  synchronized Optional<FoundBuild> othersOf(String ref) {
    return eldest(ref)
        .filter(elder -> !followed.containsKey(elder.id()) || isFound(elder.id()))
        .flatMap(Board::asBuild);
  }

  /** Another process builds what one of our builds was to build. */
  synchronized void giveWay(BuildId own, FoundBuild older) {
    if (sightings != null) {
      sightings.superseded(own, older);
    }
  }

  /** A status came. */
  synchronized void seen(WorkspaceStatus status) {
    String id = status.getId();
    if (id.isEmpty()) {
      return;
    }
    Slot slot = followed.get(id);
    Observed before = slot == null ? live.get(id) : slot.now();
    Observed now = Observed.after(before, status);
    if (slot != null) {
      slot.update(now);
    }
    if (now.isOver()) {
      forget(id);
      condemned.pardon(id);
    } else if (slot != null || isImageBuild(status) || live.containsKey(id)) {
      remember(now);
    }
  }

  /**
   * A list of all workspaces came.
   *
   * @param askedAt when it was asked for, by {@link System#nanoTime()}
   */
  void listed(List<WorkspaceStatus> all, long askedAt) {
    Set<String> ids = new HashSet<>();
    for (WorkspaceStatus status : all) {
      ids.add(status.getId());
      // One by one: the subscription must not wait for a thousand.
      seen(status);
    }
    settleAbsent(ids, askedAt);
  }

  private synchronized void settleAbsent(Set<String> ids, long askedAt) {
    for (Slot slot : List.copyOf(followed.values())) {
      if (!ids.contains(slot.now().id())) {
        slot.missed(askedAt);
      }
    }
    for (String id : List.copyOf(live.keySet())) {
      Slot slot = followed.get(id);
      if (!ids.contains(id) && (slot == null || slot.now().isOver())) {
        forget(id);
      }
    }
  }

  /** True if the next list will tell whether some workspace is gone. */
  synchronized boolean isInDoubt() {
    return followed.values().stream().anyMatch(Slot::isMissing);
  }

  private void remember(Observed now) {
    Observed known = live.get(now.id());
    if (known != null && !known.names().ref().equals(now.names().ref())) {
      forget(now.id());
    }
    Observed before = live.put(now.id(), now);
    if (condemned.isToStop(now.id())) {
      condemned.seen(now.id());
      return;
    }
    if (before == null || before.started() != now.started()) {
      byRef.computeIfAbsent(now.names().ref(), _ -> new HashSet<>()).add(now.id());
      settleTwins(now.names().ref());
    }
    Sightings listener = sightings;
    if (listener != null && !followed.containsKey(now.id())) {
      asBuild(now).ifPresent(listener::found);
    }
  }

  private void forget(String id) {
    Observed last = live.remove(id);
    if (last != null) {
      String ref = last.names().ref();
      Set<String> ids = byRef.get(ref);
      if (ids != null && ids.remove(id) && ids.isEmpty()) {
        byRef.remove(ref);
      }
    }
  }

  /** The oldest build of an image stays; whoever started another stops it. */
  private void settleTwins(String ref) {
    Optional<Observed> eldest = eldest(ref);
    Optional<FoundBuild> other = othersOf(ref);
    Sightings listener = sightings;
    if (eldest.isEmpty() || other.isEmpty() || listener == null) {
      return;
    }
    for (String id : byRef.getOrDefault(ref, Set.of())) {
      Slot slot = followed.get(id);
      if (slot != null && slot.kind() == Slot.Kind.OWN && !id.equals(eldest.get().id())) {
        listener.superseded(slot.build(), other.get());
      }
    }
  }

  /** Only of those whose start is known: the others may be younger or older. */
  private Optional<Observed> eldest(String ref) {
    return byRef.getOrDefault(ref, Set.of()).stream()
        .filter(id -> !condemned.isToStop(id))
        .map(live::get)
        .filter(each -> each != null && each.started() != 0)
        .min(OLDEST_FIRST);
  }

  private boolean isFound(String id) {
    Slot slot = followed.get(id);
    return slot != null && slot.kind() == Slot.Kind.FOUND;
  }

  private static boolean isImageBuild(WorkspaceStatus status) {
    return Link.IMAGE_BUILDER.equals(
        status.getMetadata().getAnnotationsOrDefault(Link.MANAGED_BY, ""));
  }

  /** Ours have UUIDs for ids; nobody could ask for others. */
  private static Optional<FoundBuild> asBuild(Observed observed) {
    try {
      return Optional.of(
          new FoundBuild(
              BuildId.parse(observed.id()),
              observed.names().owner(),
              observed.names().baseRef(),
              observed.names().ref(),
              observed.startedAt()));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
