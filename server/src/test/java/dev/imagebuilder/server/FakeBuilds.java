package dev.imagebuilder.server;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildRequest;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.RegistryAuth;
import dev.imagebuilder.service.Build;
import dev.imagebuilder.service.Builds;
import dev.imagebuilder.service.RequestFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A build service that answers what a test tells it to. */
final class FakeBuilds implements BuildParts, Builds {
  private final List<Build> builds = new CopyOnWriteArrayList<>();
  private final List<BuildRequest> requests = new CopyOnWriteArrayList<>();
  private volatile @Nullable Ticket ticket;
  private volatile @Nullable RequestFault fault;
  private volatile @Nullable RuntimeException bug;
  private volatile boolean isClosed;

  /** All requests get this. */
  void answer(Ticket answer) {
    ticket = answer;
  }

  /** All calls fail. */
  void fail(RequestFault answer) {
    fault = answer;
  }

  /** All calls hit a bug. */
  void fail(RuntimeException answer) {
    bug = answer;
  }

  FakeBuild add() {
    FakeBuild build = new FakeBuild();
    builds.add(build);
    ticket = new Ticket.Building(build);
    return build;
  }

  List<BuildRequest> requests() {
    return requests;
  }

  boolean isClosed() {
    return isClosed;
  }

  @Override
  public Builds builds() {
    return this;
  }

  @Override
  public String describe() {
    return "a fake";
  }

  @Override
  public void close() {
    isClosed = true;
  }

  @Override
  public String resolveBaseImage(String reference, RegistryAuth auth, Attempts attempts)
      throws RequestFault {
    check();
    return reference + "@resolved";
  }

  @Override
  public Workspace resolveWorkspaceImage(BuildSource source, RegistryAuth auth, Attempts attempts)
      throws RequestFault {
    check();
    return new Workspace("ws", "base", Workspace.State.BUILDING);
  }

  @Override
  public Ticket build(BuildRequest request) throws RequestFault {
    requests.add(request);
    check();
    return Optional.ofNullable(ticket).orElseThrow();
  }

  @Override
  public Optional<Build> find(BuildId id) {
    return builds.stream().filter(build -> build.id().equals(id)).findFirst();
  }

  @Override
  public Optional<Build> findByWorkspaceRef(String workspaceRef) {
    return builds.stream().filter(b -> b.snapshot().ref().equals(workspaceRef)).findFirst();
  }

  @Override
  public List<Build> running() {
    List<Build> running = new ArrayList<>(builds);
    running.removeIf(build -> build.snapshot().isFinished());
    return running;
  }

  @Override
  public List<Build> ended() {
    return List.of();
  }

  private void check() throws RequestFault {
    if (fault != null) {
      throw fault;
    }
    if (bug != null) {
      throw bug;
    }
  }
}
