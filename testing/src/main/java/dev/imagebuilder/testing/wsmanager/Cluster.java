package dev.imagebuilder.testing.wsmanager;

import dev.imagebuilder.proto.wsman.StartWorkspaceRequest;
import dev.imagebuilder.proto.wsman.WorkspaceStatus;
import io.grpc.Status;
import io.grpc.StatusException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** The workspaces, which live on whether anybody can ask for them or not. */
final class Cluster implements StandInWorkspace.Owner {
  /** The real one's controller asks the API server about each change, so they come spread. */
  private static final Duration PER_UPDATE = Duration.ofNanos(50_000);

  private final Map<String, StandInWorkspace> workspaces = new ConcurrentHashMap<>();
  private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();
  private final String supervisors;
  private volatile Pace pace;
  private volatile Program program;
  private Duration perUrl = Duration.ZERO;
  private Duration urlPatience = Duration.ofSeconds(30);
  private long lastUrlAt = Long.MIN_VALUE;
  private long lastUpdateAt = System.nanoTime();

  /** With supervisors that answer below the URL. */
  Cluster(String supervisors, Pace pace, Program program) {
    this.supervisors = supervisors;
    this.pace = pace;
    this.program = program;
  }

  void pace(Pace next) {
    pace = next;
  }

  void program(Program next) {
    program = next;
  }

  /** Creates a workspace, or fails as the real one does. */
  StandInWorkspace create(StartWorkspaceRequest request) throws StatusException {
    Rules.check(request);
    StandInWorkspace workspace = new StandInWorkspace(request, Instant.now(), this);
    StandInWorkspace other = workspaces.putIfAbsent(request.getId(), workspace);
    if (other != null && !other.isOver()) {
      throw Status.ALREADY_EXISTS
          .withDescription("workspace " + request.getId() + " already exists")
          .asException();
    }
    workspaces.put(request.getId(), workspace);
    workspace.start(pace, program);
    return workspace;
  }

  List<StandInWorkspace> workspaces() {
    return List.copyOf(workspaces.values());
  }

  Optional<StandInWorkspace> find(String id) {
    return Optional.ofNullable(workspaces.get(id));
  }

  void add(Subscriber subscriber) {
    subscribers.add(subscriber);
  }

  void remove(Subscriber subscriber) {
    subscribers.remove(subscriber);
  }

  int subscribers() {
    return subscribers.size();
  }

  /** Waits until all updates have been sent, or the time is up. */
  void awaitTaken(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    for (Subscriber subscriber : subscribers) {
      subscriber.awaitTaken(end);
    }
  }

  void endSubscriptions(Status status) {
    subscribers.forEach(subscriber -> subscriber.end(status));
  }

  void tell(WorkspaceStatus status) {
    subscribers.forEach(subscriber -> subscriber.tell(status));
  }

  void endAll() {
    workspaces.values().forEach(workspace -> workspace.end(Ending.removed()));
  }

  @Override
  public void publish(StandInWorkspace workspace) {
    // Uninterruptible: a workspace that is ended tells of it.
    LockSupport.parkNanos(untilUpdate());
    tell(workspace.status());
  }

  private synchronized long untilUpdate() {
    long now = System.nanoTime();
    lastUpdateAt = Math.max(now, lastUpdateAt + PER_UPDATE.toNanos());
    return lastUpdateAt - now;
  }

  @Override
  public String urlOf(StandInWorkspace workspace) {
    return supervisors + "/w/" + workspace.id();
  }

  /** Makes workspaces get their urls one after the other. */
  synchronized void slow(Duration each, Duration patience) {
    perUrl = each;
    urlPatience = patience;
  }

  /** How long StartWorkspace waits for a url. */
  synchronized Duration urlPatience() {
    return urlPatience;
  }

  @Override
  public synchronized Duration untilUrl(Duration alone) {
    if (perUrl.isZero()) {
      return alone;
    }
    long now = System.nanoTime();
    lastUrlAt = Math.max(lastUrlAt, now) + perUrl.toNanos();
    return Duration.ofNanos(lastUrlAt - now);
  }

  @Override
  public void remove(StandInWorkspace workspace) {
    workspaces.remove(workspace.id(), workspace);
  }
}
