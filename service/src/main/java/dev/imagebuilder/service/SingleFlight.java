package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.FoundBuild;
import dev.imagebuilder.service.Builds.Ticket;
import dev.imagebuilder.service.RequestFault.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that a workspace reference is built once at a time, however many ask for it, and knows
 * all builds that run. Safe for any thread.
 */
final class SingleFlight {
  private final Crew crew;
  private final History history;
  private final Map<String, Lane> lanes = new HashMap<>();
  private final Map<BuildId, Attempt> running = new LinkedHashMap<>();
  private final Map<BuildId, Flight> found = new LinkedHashMap<>();
  private final Bell landed = new Bell();
  private boolean isClosed;

  SingleFlight(Crew crew, History history) {
    this.crew = crew;
    this.history = history;
  }

  /** Makes and runs what this class decides on. Called under its lock: returns at once. */
  interface Crew {
    /** A build that is not started yet. */
    Attempt make(Job job);

    /** A build that another process has started. */
    Attempt make(FoundBuild build);

    /** A place for it in the queue; empty if its owner has too many. */
    Optional<BuildQueue.Ticket> admit(Attempt attempt);

    /** The same for a build that was promised already. */
    BuildQueue.Ticket admitAnyway(Attempt attempt);

    /** The same for a build that runs already. */
    BuildQueue.Ticket admitRunning(Attempt attempt);

    /** Starts the thread that takes it to its end, which calls {@link #ended}. */
    void start(Flight flight, Attempt attempt, BuildQueue.Ticket place);

    /** Counts and keeps a build that has ended. */
    void ended(Attempt attempt, BuildOutcome outcome);
  }

  /**
   * Joins the build that does the job, or starts one.
   *
   * @param asOf the version of the newest snapshot before the job was found to be needed
   */
  synchronized Ticket join(Job job, long asOf) throws RequestFault {
    if (isClosed) {
      throw new RequestFault(Kind.UNAVAILABLE, "the service is stopping, try again");
    }
    Lane lane = lanes.get(job.ref());
    if (lane == null) {
      if (job.force() == Force.IF_MISSING && wasBuiltSince(job.ref(), asOf)) {
        return new Ticket.Present(job.ref(), job.baseRef());
      }
      lane = new Lane(newFlight(job));
      lanes.put(job.ref(), lane);
      lane.now.place.lineUp();
      return new Ticket.Building(lane.now.attempt);
    }
    if (job.force() == Force.IF_MISSING || lane.now.force == Force.ALWAYS) {
      return new Ticket.Building(lane.now.board(job));
    }
    if (lane.next != null) {
      return new Ticket.Building(lane.next.board(job));
    }
    lane.next = newFlight(job);
    lane.next.attempt.line(
        "Waits for build " + lane.now.attempt.id() + " of the same image, to build it anew then");
    return new Ticket.Building(lane.next.attempt);
  }

  /** Takes up a build of another process; later requests for its image join it. */
  synchronized void found(FoundBuild build) {
    if (isClosed || running.containsKey(build.id())) {
      return;
    }
    Attempt attempt = crew.make(build);
    Flight flight = new Flight(Force.IF_MISSING, attempt, crew.admitRunning(attempt));
    running.put(attempt.id(), attempt);
    found.put(attempt.id(), flight);
    lanes.putIfAbsent(build.workspaceRef(), new Lane(flight));
    crew.start(flight, attempt, flight.place);
  }

  /** Stops a build of our own for an older one of another process, which its callers join. */
  synchronized void superseded(BuildId own, FoundBuild older) {
    Attempt attempt = running.get(own);
    Lane lane = attempt == null ? null : lanes.get(attempt.job().ref());
    if (attempt == null || lane == null || lane.now.attempt != attempt) {
      return;
    }
    found(older);
    Flight elder = found.get(older.id());
    if (elder != null) {
      lane.now.transferTo(elder);
      lane.now = elder;
      attempt.stop(
          new BuildOutcome.Canceled("the service: build " + older.id() + " makes the same image"));
    }
  }

  /**
   * Ends a build. Those who go on are taken on and everything is settled before watchers are told.
   */
  void ended(Flight flight, Attempt attempt, BuildOutcome outcome) {
    synchronized (this) {
      boolean goesOn = !isClosed && blamesCredentials(outcome) && goOn(flight);
      crew.ended(attempt, outcome);
      running.remove(attempt.id());
      found.remove(attempt.id());
      if (!goesOn) {
        leave(flight, attempt.job().ref());
      }
      attempt.tellEnd();
    }
    landed.ring();
  }

  /** The build of an id, if it runs. */
  synchronized Optional<Build> find(BuildId id) {
    return Optional.ofNullable(running.get(id));
  }

  /** The build of a workspace reference that runs, rather than one that waits for it. */
  synchronized Optional<Build> findByRef(String ref) {
    return Optional.ofNullable(lanes.get(ref)).map(lane -> lane.now.attempt);
  }

  /** True if a build of the reference has succeeded after this version of a snapshot. */
  boolean wasBuiltSince(String ref, long asOf) {
    return history
        .newestOf(ref)
        .map(Build::snapshot)
        .filter(newest -> newest.version() > asOf)
        .filter(newest -> newest.event() instanceof BuildEvent.Finished(BuildOutcome.Succeeded _))
        .isPresent();
  }

  /** All that run, oldest first. */
  synchronized List<Build> running() {
    return running.values().stream()
        .filter(attempt -> !attempt.isSuperseded())
        .<Build>map(attempt -> attempt)
        .toList();
  }

  /** Takes no more jobs and stops all builds. */
  synchronized void close(BuildOutcome outcome) {
    isClosed = true;
    running.values().forEach(attempt -> attempt.stop(outcome));
  }

  /**
   * Waits for the end of all builds.
   *
   * @return false if some had not ended in time
   */
  boolean awaitEnd(Deadline end) throws InterruptedException {
    return landed.await(this::isIdle, end.left());
  }

  private synchronized boolean isIdle() {
    return running.isEmpty();
  }

  private Flight newFlight(Job job) throws RequestFault {
    Attempt attempt = crew.make(job);
    BuildQueue.Ticket place =
        crew.admit(attempt)
            .orElseThrow(() ->
                new RequestFault(
                    Kind.RESOURCE_EXHAUSTED,
                    "too many builds of \""
                        + job.owner()
                        + "\" wait already; try again when one of them has started"));
    Flight flight = new Flight(job.force(), attempt, place);
    running.put(attempt.id(), attempt);
    crew.start(flight, attempt, place);
    return flight;
  }

  private static boolean blamesCredentials(BuildOutcome outcome) {
    return outcome instanceof BuildOutcome.Failed failed && failed.reason().dependsOnCredentials();
  }

  /** Tries the next credentials, if somebody who waits has any. */
  private boolean goOn(Flight flight) {
    if (flight.others.isEmpty()) {
      return false;
    }
    Job job = flight.others.getFirst().job();
    flight.attempt = crew.make(job);
    flight.place = crew.admitAnyway(flight.attempt);
    flight.others.forEach(other -> other.follow(flight.attempt));
    flight.others.removeIf(other -> other.job().caller().equals(job.caller()));
    running.put(flight.attempt.id(), flight.attempt);
    crew.start(flight, flight.attempt, flight.place);
    flight.place.lineUp();
    return true;
  }

  /** A flight that has given way to another has left already. */
  private void leave(Flight flight, String ref) {
    Lane lane = lanes.get(ref);
    if (lane == null) {
      return;
    }
    if (lane.next == flight) {
      lane.next = null;
    } else if (lane.now == flight && lane.next != null) {
      lane.now = lane.next;
      lane.next = null;
      lane.now.place.lineUp();
    } else if (lane.now == flight) {
      foundOf(ref).ifPresentOrElse(other -> lane.now = other, () -> lanes.remove(ref));
    }
  }

  private Optional<Flight> foundOf(String ref) {
    return found.values().stream()
        .filter(flight -> flight.attempt.job().ref().equals(ref))
        .findFirst();
  }

  /** All flights to one workspace reference: one that is on its way, a forced one that waits. */
  private static final class Lane {
    private Flight now;
    private @Nullable Flight next;

    Lane(Flight now) {
      this.now = now;
    }
  }

  /** Builds of one reference, one after the other until one does not fail by its credentials. */
  static final class Flight {
    private final Force force;
    private final List<Follower> others = new ArrayList<>();
    private Attempt attempt;
    private BuildQueue.Ticket place;

    private Flight(Force force, Attempt attempt, BuildQueue.Ticket place) {
      this.force = force;
      this.attempt = attempt;
      this.place = place;
    }

    /** Whether its builds use caches. */
    Force force() {
      return force;
    }

    /** Takes all its passengers, and those who hold its attempt itself, to another flight. */
    private void transferTo(Flight other) {
      Follower first = new Follower(attempt.job(), other.attempt);
      other.others.add(first);
      others.forEach(each -> each.follow(other.attempt));
      other.others.addAll(others);
      others.clear();
      other.attempt.owesFor(attempt);
      attempt.becomes(first);
    }

    private Build board(Job job) {
      if (job.caller().equals(attempt.job().caller())) {
        return attempt;
      }
      Follower follower = new Follower(job, attempt);
      others.add(follower);
      return follower;
    }
  }
}
