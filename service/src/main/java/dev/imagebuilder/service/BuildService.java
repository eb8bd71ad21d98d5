package dev.imagebuilder.service;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildRequest;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.RegistryAuth;
import dev.imagebuilder.service.BuildCounters.Result;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The build service. Closed by its maker, which stops all builds. */
public final class BuildService implements Builds, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BuildService.class);
  private static final Duration SWEEP_EVERY = Duration.ofMinutes(1);
  private final ServiceParts parts;
  private final ServiceOptions options;
  private final LogFolder logs;
  private final CredentialsPolicy policy;
  private final Planner planner;
  private final Supervisor supervisor;
  private final BuildQueue queue;
  private final History history;
  private final SingleFlight flights;
  private final AtomicLong versions = new AtomicLong();
  private final CountDownLatch closed = new CountDownLatch(1);

  private BuildService(ServiceParts parts, ServiceOptions options, LogFolder logs) {
    var names = new ImageNames(options.baseImageRepository(), options.workspaceImageRepository());
    this.parts = parts;
    this.options = options;
    this.logs = logs;
    this.policy = new CredentialsPolicy(parts.installation(), names);
    this.planner = new Planner(names, policy, parts.images());
    this.supervisor =
        new Supervisor(parts.backend(), new Verifier(planner, policy), options.limits());
    this.queue =
        new BuildQueue(options.limits().parallelBuilds(), options.limits().queuedPerOwner());
    this.history = new History(options.history());
    this.flights = new SingleFlight(new Crew(), history);
  }

  /**
   * Takes the folder for logs, removes what an earlier process left there, and is ready.
   *
   * @throws IOException if the folder cannot be written, or belongs to another running service
   */
  public static BuildService open(ServiceParts parts, ServiceOptions options) throws IOException {
    BuildService service = new BuildService(parts, options, LogFolder.open(options.logs()));
    var _ = Thread.ofVirtual().name("history").start(service::sweepUntilClosed);
    return service;
  }

  @Override
  public String resolveBaseImage(String reference, RegistryAuth auth, Attempts attempts)
      throws RequestFault, InterruptedException {
    return planner.resolve(reference, auth, attempts);
  }

  @Override
  public Workspace resolveWorkspaceImage(BuildSource source, RegistryAuth auth, Attempts attempts)
      throws RequestFault, InterruptedException {
    long asOf = versions.get();
    Planner.Place place = planner.locate(source, auth, attempts);
    return new Workspace(place.ref(), place.baseRef(), stateOf(place, asOf));
  }

  @Override
  public Ticket build(BuildRequest request) throws RequestFault, InterruptedException {
    long asOf = versions.get();
    return switch (planner.plan(request)) {
      case Planner.Plan.Present(var ref, var baseRef) -> new Ticket.Present(ref, baseRef);
      case Planner.Plan.Needed(var job) -> flights.join(job, asOf);
    };
  }

  @Override
  public Optional<Build> find(BuildId id) {
    return flights.find(id).or(() -> history.find(id));
  }

  @Override
  public Optional<Build> findByWorkspaceRef(String workspaceRef) {
    return flights.findByRef(workspaceRef).or(() -> history.newestOf(workspaceRef));
  }

  @Override
  public List<Build> running() {
    return flights.running();
  }

  @Override
  public List<Build> ended() {
    return history.all();
  }

  /**
   * Accepts no more builds, stops those that run, and returns when they have ended, or after the
   * time to stop. Logs can be read on.
   */
  @Override
  public void close() {
    flights.close(Supervisor.lost("the service was stopped before the build was done"));
    closed.countDown();
    // A moment more than a build may take to stop, for it to be told.
    Deadline end = Deadline.in(options.limits().stop().plusSeconds(1));
    try {
      if (!flights.awaitEnd(end)) {
        log.atError()
            .addKeyValue("builds", flights.running().size())
            .log("stopped while builds had not ended");
      }
      logs.close();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.atWarn().setCause(e).log("cannot give the folder for logs back");
    }
  }

  private Workspace.State stateOf(Planner.Place place, long asOf) {
    if (place.isThere()) {
      return Workspace.State.PRESENT;
    }
    if (flights.findByRef(place.ref()).isPresent()) {
      return Workspace.State.BUILDING;
    }
    return flights.wasBuiltSince(place.ref(), asOf)
        ? Workspace.State.PRESENT
        : Workspace.State.ABSENT;
  }

  private void sweepUntilClosed() {
    try {
      while (!closed.await(SWEEP_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        history.sweep(parts.clock().instant());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Does for single-flight what needs the other parts. */
  private final class Crew implements SingleFlight.Crew {

    @Override
    public Attempt make(Job job) {
      Redactor redactor = new Redactor();
      redactor.hide(SecretForms.of(job.auth().additional()));
      if (job.source() instanceof BuildSource.Dockerfile dockerfile) {
        redactor.hide(SecretForms.of(dockerfile.git()));
      }
      BuildId id = BuildId.random();
      var made =
          new Attempt.Making(
              id,
              new BuildLog(new LogFile(logs.fileOf(id)), options.history().maxLogBytes(), redactor),
              redactor,
              new BuildCredentials(policy, job, redactor));
      return new Attempt(job, parts.clock().instant(), made, versions);
    }

    @Override
    public Optional<BuildQueue.Ticket> admit(Attempt attempt) {
      return queue.admit(attempt.job().owner(), attempt);
    }

    @Override
    public BuildQueue.Ticket admitAnyway(Attempt attempt) {
      return queue.admitAnyway(attempt.job().owner(), attempt);
    }

    @Override
    public void start(SingleFlight.Flight flight, Attempt attempt, BuildQueue.Ticket place) {
      parts.counters().started();
      log.atInfo()
          .addKeyValue("buildID", attempt.id())
          .addKeyValue("ref", attempt.job().ref())
          .addKeyValue("baseRef", attempt.job().baseRef())
          .addKeyValue("UserID", attempt.job().owner())
          .addKeyValue("force", flight.force())
          .log("build accepted");
      var _ =
          Thread.ofVirtual()
              .name("supervisor-" + attempt.id())
              .start(() -> supervise(flight, attempt, place));
    }

    @Override
    public void ended(Attempt attempt, BuildOutcome outcome) {
      boolean isSuccess = outcome instanceof BuildOutcome.Succeeded;
      parts.counters().done(isSuccess ? Result.SUCCESS : Result.FAILURE);
      history.add(attempt.conclude(outcome, parts.clock().instant()));
    }

    /** The top of a build's own thread. */
    private void supervise(SingleFlight.Flight flight, Attempt attempt, BuildQueue.Ticket place) {
      BuildOutcome outcome = supervisor.supervise(attempt, flight.force());
      place.close();
      attempt.endLog(outcome);
      flights.ended(flight, attempt, outcome);
      history.sweep(parts.clock().instant());
      log.atInfo()
          .addKeyValue("buildID", attempt.id())
          .addKeyValue("ref", attempt.job().ref())
          .addKeyValue("UserID", attempt.job().owner())
          .addKeyValue("outcome", outcome)
          .log("build ended");
    }
  }
}
