package dev.imagebuilder.service;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildRequest;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.FoundBuild;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.RegistryAuth;
import dev.imagebuilder.core.SharedBackend;
import dev.imagebuilder.core.TraceContext;
import dev.imagebuilder.service.BuildCounters.Result;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
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
    this.supervisor = new Supervisor(parts, new Verifier(planner, policy), options.limits(), names);
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
    if (parts.backend() instanceof SharedBackend shared) {
      shared.share(service.new Neighbours());
    }
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
      case Planner.Plan.Needed(var job) -> {
        Optional<String> refusal = parts.backend().refusal(job.source());
        if (refusal.isPresent()) {
          throw new RequestFault(RequestFault.Kind.INVALID_ARGUMENT, refusal.get());
        }
        yield flights.join(job, asOf);
      }
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
   * Accepts no more builds, stops those that run or, where other processes share them, leaves them
   * to those; returns when they have ended here, or after the time to stop. Logs can be read on.
   */
  @Override
  public void close() {
    if (parts.backend() instanceof SharedBackend shared) {
      shared.handOver();
      flights.close(Supervisor.lost("the service was stopped, the build goes on without it"));
    } else {
      flights.close(Supervisor.lost("the service was stopped before the build was done"));
    }
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

  /** Passes on what a shared backend sees. */
  private final class Neighbours implements SharedBackend.Sightings {

    @Override
    public void found(FoundBuild build) {
      try {
        var _ = ImageReference.parse(build.workspaceRef());
      } catch (IllegalArgumentException e) {
        log.atDebug()
            .addKeyValue("buildID", build.id())
            .addKeyValue("cause", e.getMessage())
            .log("a build of somebody else makes no image that could be asked for");
        return;
      }
      flights.found(build);
    }

    @Override
    public void superseded(BuildId own, FoundBuild older) {
      flights.superseded(own, older);
    }
  }

  /** Does for single-flight what needs the other parts. */
  private final class Crew implements SingleFlight.Crew {

    @Override
    public Attempt make(Job job) {
      return new Attempt(
          job, parts.clock().instant(), making(BuildId.random(), job, null), versions);
    }

    @Override
    public Attempt make(FoundBuild build) {
      Job job =
          new Job(
              new BuildSource.Image(build.baseRef()),
              RegistryAuth.NOTHING,
              BuildRequest.Force.IF_MISSING,
              build.owner(),
              build.baseRef(),
              build.workspaceRef(),
              "",
              Optional.empty(),
              TraceContext.NONE);
      return new Attempt(job, build.startedAt(), making(build.id(), job, build), versions);
    }

    private Attempt.Making making(BuildId id, Job job, @Nullable FoundBuild found) {
      Redactor redactor = new Redactor();
      redactor.hide(SecretForms.of(job.auth().additional()));
      redactor.hide(SecretForms.of(job.source()));
      redactor.hideBytes(SecretForms.raw(job.source()));
      return new Attempt.Making(
          id,
          new BuildLog(new LogFile(logs.fileOf(id)), options.history().maxLogBytes(), redactor),
          redactor,
          new BuildCredentials(policy, job, redactor),
          parts.backend().describe(),
          found);
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
    public BuildQueue.Ticket admitRunning(Attempt attempt) {
      return queue.outside(attempt.job().owner(), attempt);
    }

    @Override
    public void start(SingleFlight.Flight flight, Attempt attempt, BuildQueue.Ticket place) {
      boolean isFound = attempt.found().isPresent();
      if (!isFound) {
        parts.counters().started();
      }
      log.atInfo()
          .addKeyValue("buildID", attempt.id())
          .addKeyValue("ref", attempt.job().ref())
          .addKeyValue("baseRef", attempt.job().baseRef())
          .addKeyValue("UserID", attempt.job().owner())
          .addKeyValue("force", flight.force())
          .log(isFound ? "build found" : "build accepted");
      var _ =
          Thread.ofVirtual()
              .name("supervisor-" + attempt.id())
              .start(() -> supervise(flight, attempt, place));
    }

    @Override
    public void ended(Attempt attempt, BuildOutcome outcome) {
      boolean isSuccess = outcome instanceof BuildOutcome.Succeeded;
      for (int owed = attempt.takeOwed(); owed > 0; owed--) {
        parts.counters().done(isSuccess ? Result.SUCCESS : Result.FAILURE);
      }
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
          .addKeyValue("outcome", outcome.text())
          .log("build ended");
    }
  }
}
