package dev.imagebuilder.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildRequest;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.CredentialSource;
import dev.imagebuilder.core.GitSource;
import dev.imagebuilder.core.GitSource.CloneMode;
import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.core.RegistryAuth;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.service.Build.LogReader;
import dev.imagebuilder.service.Build.Snapshot;
import dev.imagebuilder.service.Builds.Ticket;
import dev.imagebuilder.service.ServiceOptions.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** A build service with everything around it in memory, but for the logs. */
final class ServiceFixture implements AutoCloseable {
  static final String BASES = "reg.example/base";
  static final String WORKSPACES = "reg.example/workspace";
  static final Duration PATIENCE = Duration.ofSeconds(20);
  static final Limits LIMITS = new Limits(2, 100, PATIENCE, PATIENCE, Duration.ofSeconds(5));
  static final ServiceOptions.History HISTORY = ServiceOptions.History.defaults();

  final FakeImages images = new FakeImages();
  final ScriptedBackend backend = new ScriptedBackend(images);
  final CountingCounters counters = new CountingCounters();
  final Clock clock = new Clock();
  final BuildService service;

  ServiceFixture(Path logs) throws IOException {
    this(logs, LIMITS, HISTORY);
  }

  ServiceFixture(Path logs, Limits limits, ServiceOptions.History history) throws IOException {
    CredentialSource installation = CredentialSource.NONE;
    service =
        BuildService.open(
            new ServiceParts(images, installation, backend, counters, clock),
            new ServiceOptions(BASES, WORKSPACES, limits, history, logs));
  }

  /** Builds, and expects that there is something to build. */
  Build build(BuildRequest request) throws RequestFault, InterruptedException {
    Ticket ticket = service.build(request);
    assertThat(ticket).isInstanceOf(Ticket.Building.class);
    return ((Ticket.Building) ticket).build();
  }

  /** Waits for a build's end. */
  static BuildOutcome outcomeOf(Build build) throws InterruptedException {
    Snapshot last = await(build, Snapshot::isFinished);
    return ((BuildEvent.Finished) last.event()).outcome();
  }

  static Snapshot await(Build build, Predicate<Snapshot> condition) throws InterruptedException {
    Deadline end = Deadline.in(PATIENCE);
    Snapshot seen = build.snapshot();
    while (!condition.test(seen)) {
      assertThat(end.left()).as("time left while waiting, at %s", seen.event()).isPositive();
      seen = build.awaitChange(seen, end.left());
    }
    return seen;
  }

  /** Looks again and again until the condition holds. */
  static void eventually(Callable<Boolean> condition) throws Exception {
    Deadline end = Deadline.in(PATIENCE);
    while (!condition.call()) {
      assertThat(end.left()).as("time left while waiting").isPositive();
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Reads a log from an offset to its end. */
  static String logOf(Build build, long offset) throws IOException, InterruptedException {
    var text = new ByteArrayOutputStream();
    byte[] buffer = new byte[64];
    try (LogReader reader = build.readLog(offset)) {
      for (int n = 0; n >= 0; n = reader.read(buffer, PATIENCE)) {
        text.write(buffer, 0, n);
      }
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  static BuildRequest request(BuildSource source) {
    return request(source, RegistryAuth.NOTHING, Force.IF_MISSING);
  }

  static BuildRequest request(BuildSource source, RegistryAuth auth, Force force) {
    return new BuildRequest(source, auth, force, "ann", "", "", Attempts.ONE);
  }

  static BuildRequest by(String owner, BuildSource source) {
    return new BuildRequest(
        source, RegistryAuth.NOTHING, Force.IF_MISSING, owner, "", "", Attempts.ONE);
  }

  /** A Dockerfile of an open repository. */
  static BuildSource.Dockerfile dockerfile(String version) {
    return dockerfile(version, GitLogin.NONE);
  }

  static BuildSource.Dockerfile dockerfile(String version, GitLogin login) {
    var git =
        new GitSource(
            "https://git.example/app.git", "", CloneMode.REMOTE_BRANCH, "main", "", false, login);
    return new BuildSource.Dockerfile(git, version, "Dockerfile", ".");
  }

  static GitLogin login(String user, String password) {
    return new GitLogin(user, Secret.of(password));
  }

  @Override
  public void close() {
    service.close();
  }

  /** Time that stands still until it is moved. */
  static final class Clock implements InstantSource {
    volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }
  }

  /** Counts. */
  static final class CountingCounters implements BuildCounters {
    final AtomicInteger started = new AtomicInteger();
    final AtomicInteger succeeded = new AtomicInteger();
    final AtomicInteger failed = new AtomicInteger();

    @Override
    public void started() {
      started.incrementAndGet();
    }

    @Override
    public void done(Result result) {
      (result == Result.SUCCESS ? succeeded : failed).incrementAndGet();
    }
  }
}
