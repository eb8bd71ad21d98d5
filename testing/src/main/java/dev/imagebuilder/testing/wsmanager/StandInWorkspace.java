package dev.imagebuilder.testing.wsmanager;

import com.google.protobuf.Timestamp;
import dev.imagebuilder.proto.wsman.StartWorkspaceRequest;
import dev.imagebuilder.proto.wsman.WorkspaceAuthentication;
import dev.imagebuilder.proto.wsman.WorkspaceConditions;
import dev.imagebuilder.proto.wsman.WorkspaceMetadata;
import dev.imagebuilder.proto.wsman.WorkspacePhase;
import dev.imagebuilder.proto.wsman.WorkspaceRuntimeInfo;
import dev.imagebuilder.proto.wsman.WorkspaceSpec;
import dev.imagebuilder.proto.wsman.WorkspaceStatus;
import dev.imagebuilder.proto.wsman.WorkspaceType;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A workspace of the stand-in, from its creation to its removal. Safe for any thread. */
public final class StandInWorkspace {
  private final StartWorkspaceRequest request;
  private final Instant createdAt;
  private final Owner owner;
  private final Terminal terminal = new Terminal();
  private final String alias = UUID.randomUUID().toString();
  private final String token = "token-" + UUID.randomUUID();
  private final CountDownLatch hasUrl = new CountDownLatch(1);
  private final CountDownLatch mayGoOn = new CountDownLatch(1);
  private volatile Thread thread = Thread.currentThread();
  private String url = "";
  private String shownToken = "";
  private WorkspacePhase phase = WorkspacePhase.UNKNOWN;
  private WorkspaceConditions conditions = WorkspaceConditions.getDefaultInstance();
  private @Nullable Ending imposed;
  private long version;

  StandInWorkspace(StartWorkspaceRequest request, Instant createdAt, Owner owner) {
    this.request = request;
    this.createdAt = createdAt;
    this.owner = owner;
  }

  /** What a workspace needs of its ws-manager. */
  interface Owner {
    /** Sends an update. */
    void publish(StandInWorkspace workspace);

    /** Where its supervisor answers, without a trailing slash. */
    String urlOf(StandInWorkspace workspace);

    /** How long it takes until it has its url: under load the workspaces wait for each other. */
    Duration untilUrl(Duration alone);

    /** Forgets it. */
    void remove(StandInWorkspace workspace);
  }

  /** What it was started with. */
  public StartWorkspaceRequest request() {
    return request;
  }

  /** Its id. */
  public String id() {
    return request.getId();
  }

  /** The value of one of its variables; empty if it has none of that name. */
  public String variable(String name) {
    return request.getSpec().getEnvvarsList().stream()
        .filter(each -> each.getName().equals(name))
        .map(each -> each.getValue())
        .findFirst()
        .orElse("");
  }

  /** Where its task prints. */
  public Terminal terminal() {
    return terminal;
  }

  /** What opens its supervisor. */
  public String token() {
    return token;
  }

  /** Where it is in its life. */
  public synchronized WorkspacePhase phase() {
    return phase;
  }

  /** Ends it from outside, whatever it does. */
  public void end(Ending ending) {
    synchronized (this) {
      if (isOver() || imposed != null) {
        return;
      }
      imposed = ending;
    }
    thread.interrupt();
  }

  /** Waits until somebody ends it; for programs. */
  public void awaitStop() throws InterruptedException {
    new CountDownLatch(1).await(1, TimeUnit.HOURS);
  }

  /** Its pod was rejected and comes again: the url is gone for a while, the token is not. */
  public void rejectPod() {
    synchronized (this) {
      url = "";
      phase = WorkspacePhase.PENDING;
    }
    owner.publish(this);
  }

  /** Its pod is there again. */
  public void readmitPod() {
    synchronized (this) {
      url = owner.urlOf(this);
      phase = WorkspacePhase.RUNNING;
    }
    owner.publish(this);
  }

  /** Lets it be told of again, as if something unimportant had changed. */
  public void touch() {
    owner.publish(this);
  }

  String alias() {
    return alias;
  }

  /** The status as the API has it. */
  synchronized WorkspaceStatus status() {
    WorkspaceMetadata.Builder metadata =
        request.getMetadata().toBuilder()
            .setStartedAt(Timestamp.newBuilder().setSeconds(createdAt.getEpochSecond()))
            .putAnnotations("gitpod.io/cpuMinLimit", "1")
            .putAnnotations("gitpod.io/cpuBurstLimit", "2");
    WorkspaceStatus.Builder status =
        WorkspaceStatus.newBuilder()
            .setId(id())
            .setMetadata(metadata)
            .setSpec(
                WorkspaceSpec.newBuilder()
                    .setWorkspaceImage(request.getSpec().getWorkspaceImage())
                    .setIdeImage(request.getSpec().getIdeImage())
                    .setHeadless(request.getType() != WorkspaceType.REGULAR)
                    .setUrl(url)
                    .setType(request.getType())
                    .setTimeout(request.getSpec().getTimeout()))
            .setPhase(phase)
            .setConditions(conditions)
            .setAuth(WorkspaceAuthentication.newBuilder().setOwnerToken(shownToken))
            .setStatusVersion(++version);
    if (!url.isEmpty()) {
      status.setRuntime(WorkspaceRuntimeInfo.newBuilder().setPodName("imagebuild-" + id()));
    }
    return status.build();
  }

  synchronized boolean isOver() {
    return phase == WorkspacePhase.STOPPING || phase == WorkspacePhase.STOPPED;
  }

  boolean awaitUrl(Duration limit) throws InterruptedException {
    return hasUrl.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Begins its life, on a thread of its own. */
  void start(Pace pace, Program program) {
    thread = Thread.ofVirtual().name("workspace-" + id()).unstarted(() -> live(pace, program));
    thread.start();
  }

  private void live(Pace pace, Program program) {
    Ending ending;
    try {
      rise(pace);
      ending = program.run(this);
    } catch (InterruptedException _) {
      ending = Ending.removed();
    } catch (IOException e) {
      ending = Ending.failed(String.valueOf(e.getMessage()));
    }
    boolean _ = Thread.interrupted();
    settle(ending);
    to(WorkspacePhase.STOPPED, pace);
    to(WorkspacePhase.STOPPED, pace);
    try {
      linger(pace.removal());
    } catch (InterruptedException _) {
      // It is removed a little earlier.
    }
    owner.remove(this);
  }

  private void rise(Pace pace) throws InterruptedException {
    to(WorkspacePhase.UNKNOWN, pace);
    to(WorkspacePhase.PENDING, pace);
    linger(owner.untilUrl(pace.url()));
    synchronized (this) {
      url = owner.urlOf(this);
      shownToken = token;
    }
    hasUrl.countDown();
    to(WorkspacePhase.PENDING, pace);
    for (WorkspacePhase next :
        new WorkspacePhase[] {WorkspacePhase.CREATING, WorkspacePhase.INITIALIZING}) {
      to(next, pace);
      linger(pace.phase());
    }
    to(WorkspacePhase.RUNNING, pace);
  }

  /** The terminal ends before anybody hears that the workspace does. */
  private void settle(Ending ending) {
    synchronized (this) {
      Ending last = imposed == null ? ending : imposed;
      conditions = last.conditions();
    }
    terminal.exit(conditions.getHeadlessTaskFailed().isEmpty() ? 0 : 1);
    synchronized (this) {
      phase = WorkspacePhase.STOPPING;
    }
    owner.publish(this);
  }

  private void to(WorkspacePhase next, Pace pace) {
    synchronized (this) {
      phase = next;
    }
    if (pace.told().contains(next)) {
      owner.publish(this);
    }
  }

  private void linger(Duration time) throws InterruptedException {
    boolean _ = mayGoOn.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }
}
