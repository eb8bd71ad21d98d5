package dev.imagebuilder.backend.wsmanager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildOrder;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.FoundBuild;
import dev.imagebuilder.core.RegistryCredentials;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.core.SharedBackend.Sightings;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.testing.Eventually;
import dev.imagebuilder.testing.wsmanager.Program;
import dev.imagebuilder.testing.wsmanager.StandInWorkspace;
import dev.imagebuilder.testing.wsmanager.WsManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A stand-in for ws-manager, and backends that use it. */
final class House implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);
  static final Patience QUICK =
      new Patience(
          Duration.ofSeconds(5),
          Duration.ofMillis(20),
          Duration.ofSeconds(5),
          Duration.ofMillis(300),
          Duration.ofSeconds(2),
          Duration.ofSeconds(1),
          Duration.ofMillis(300));

  private final WsManager manager;
  private final List<WsManagerBackend> backends = new CopyOnWriteArrayList<>();

  House(Program program) throws Exception {
    this(WsManager.start(program));
  }

  House(WsManager manager) {
    this.manager = manager;
  }

  WsManager manager() {
    return manager;
  }

  /** One more backend, as a replica has it. */
  Replica replica() throws Exception {
    return replica(QUICK);
  }

  Replica replica(Patience patience) throws Exception {
    return replicaOf(manager.address(), patience);
  }

  /** A backend of some other ws-manager. */
  Replica replicaOf(String address, Patience patience) throws Exception {
    return replica(new WsManagerOptions(address, null, "reg.example/bob:v1", "pull", patience));
  }

  Replica replica(WsManagerOptions options) throws Exception {
    WsManagerBackend backend = WsManagerBackend.open(options, Network.ofJdk());
    backends.add(backend);
    Replica replica = new Replica(backend);
    backend.share(replica);
    return replica;
  }

  /** The one workspace that there is, once it is there. */
  StandInWorkspace workspace() {
    Eventually.eventually(PATIENCE, () -> assertThat(manager.workspaces()).hasSize(1));
    return manager.workspaces().getFirst();
  }

  static BuildOrder order(String ref) {
    return order(ref, Force.IF_MISSING);
  }

  static BuildOrder order(String ref, Force force) {
    return new BuildOrder(
        BuildId.random(),
        "eve",
        new BuildSource.Image("docker.io/library/alpine"),
        "docker.io/library/alpine@sha256:" + "a".repeat(64),
        ref,
        "reg.example/supervisor:1",
        force,
        new NoCredentials());
  }

  @Override
  public void close() {
    backends.forEach(WsManagerBackend::close);
    manager.close();
  }

  /** A backend, and what it has sighted. */
  static final class Replica implements Sightings {
    private final WsManagerBackend backend;
    private final List<FoundBuild> found = new CopyOnWriteArrayList<>();
    private final List<String> superseded = new CopyOnWriteArrayList<>();

    Replica(WsManagerBackend backend) {
      this.backend = backend;
    }

    WsManagerBackend backend() {
      return backend;
    }

    List<FoundBuild> found() {
      return List.copyOf(found);
    }

    /** {@code own < older} each. */
    List<String> superseded() {
      return List.copyOf(superseded);
    }

    Running run(BuildOrder order) {
      Recorder recorder = new Recorder();
      return Running.start(recorder, () -> backend.run(order, recorder));
    }

    /** The same, with output that is only counted. */
    Running runCounting(BuildOrder order) {
      Recorder recorder = Recorder.counting();
      return Running.start(recorder, () -> backend.run(order, recorder));
    }

    Running follow(FoundBuild build) {
      Recorder recorder = new Recorder();
      return Running.start(recorder, () -> backend.follow(build, recorder));
    }

    void connected() {
      Eventually.eventually(PATIENCE, () -> assertThat(backend.trouble()).isEmpty());
    }

    @Override
    public void found(FoundBuild build) {
      if (found.stream().noneMatch(each -> each.id().equals(build.id()))) {
        found.add(build);
      }
    }

    @Override
    public void superseded(BuildId own, FoundBuild older) {
      superseded.add(own + " < " + older.id());
    }
  }

  /** A build under way. */
  record Running(Recorder recorder, FutureTask<BuildOutcome> task, Thread thread) {

    static Running start(Recorder recorder, java.util.concurrent.Callable<BuildOutcome> work) {
      FutureTask<BuildOutcome> task = new FutureTask<>(work);
      return new Running(recorder, task, Thread.ofVirtual().start(task));
    }

    BuildOutcome outcome() throws Exception {
      return task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Interrupts it and waits for it to end by that. */
    void interrupt() throws Exception {
      thread.interrupt();
      try {
        BuildOutcome outcome = task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        throw new AssertionError("an interrupted build returned " + outcome);
      } catch (ExecutionException e) {
        assertThat(e).hasCauseInstanceOf(InterruptedException.class);
      } catch (TimeoutException e) {
        throw new AssertionError("an interrupted build went on", e);
      }
    }
  }

  /** Knows nobody, but for a proxy login of the request's own. */
  static final class NoCredentials implements RegistryCredentials {
    @Override
    public Credential forPull(Repository repository) {
      return Credential.anonymous();
    }

    @Override
    public Credential forPush(Repository repository) {
      return Credential.anonymous();
    }

    @Override
    public Map<String, ProxyLogin> forProxy() {
      return Map.of();
    }
  }
}
