package dev.imagebuilder.buildkit;

import dev.imagebuilder.buildkit.files.FileSource;
import dev.imagebuilder.buildkit.files.LocalFiles;
import dev.imagebuilder.buildkit.files.ServedFiles;
import dev.imagebuilder.buildkit.session.BuildSession;
import dev.imagebuilder.buildkit.session.RegistryLogins;
import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.Engine;
import dev.imagebuilder.core.Engine.DockerfileBuild;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.RegistryTokens;
import dev.imagebuilder.proto.buildkit.control.SolveResponse;
import dev.imagebuilder.proto.buildkit.control.StatusRequest;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One build: a session, a solve, and what the daemon says meanwhile. */
final class BuildkitBuild {
  private static final String DIGEST = "containerimage.digest";

  /** How long a daemon may take to say that a stopped build's processes are gone. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

  private final DockerfileBuild build;
  private final BuildListener listener;
  private final BuildkitConnection connection;
  private final EventLoops loops;

  BuildkitBuild(
      DockerfileBuild build,
      BuildListener listener,
      BuildkitConnection connection,
      EventLoops loops) {
    this.build = build;
    this.listener = listener;
    this.connection = connection;
    this.loops = loops;
  }

  /**
   * Runs it; returns the digest of the manifest that was pushed. What a Docker Engine keeps has
   * only its configuration's.
   */
  Digest run(RegistryTokens tokens, SolveRequests.Ways ways)
      throws BuildFailedException, InterruptedException {
    FileSource files =
        switch (build.context()) {
          case Engine.Context.Folder(var path) -> new LocalFiles(path, build.dockerfile());
          case Engine.Context.Served(var client) -> new ServedFiles(client, build.dockerfile());
        };
    var logins = new RegistryLogins(tokens, build.credentials(), build.target());
    // A key of its own: a checkout's times say nothing about what has changed in it.
    var answers =
        new BuildSession.Answers(
            files, logins, build.wishes().secrets(), UUID.randomUUID().toString());
    try (BuildSession session = BuildSession.open(connection.control(), loops.tunnels(), answers)) {
      var progress = new Progress(listener);
      return digest(
          solve(
              new Parts(
                  session,
                  progress,
                  logins,
                  new SolveRequests(build, files.dockerfileName(), ways))));
    } catch (IOException e) {
      throw new BuildFailedException(
          SolveFailures.lost(connection.address(), String.valueOf(e.getMessage())), e);
    }
  }

  private record Parts(
      BuildSession session, Progress progress, RegistryLogins logins, SolveRequests requests) {}

  private SolveResponse solve(Parts parts) throws BuildFailedException, InterruptedException {
    BuildSession session = parts.session();
    Context.CancellableContext bounds = Context.current().withCancellation();
    session.whenEnded(() -> bounds.cancel(null));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> watching = threads.submit(() -> watch(session.id(), parts.progress()));
      try {
        return new GatewaySolve(connection, parts.requests().export(session.id()), bounds)
            .run(parts.requests().steps(), new Moments(parts.logins(), parts.progress()));
      } catch (StatusRuntimeException e) {
        finish(watching);
        if (Thread.interrupted()) {
          throw new InterruptedException("the build was stopped");
        }
        String target = build.target().toString();
        throw new BuildFailedException(
            new SolveFailures(parts.progress(), session.faults(), target, connection.address())
                .of(e),
            e);
      } finally {
        finish(watching);
      }
    }
  }

  /** Passes on what the daemon says until it says no more. */
  private void watch(String ref, Progress progress) {
    try {
      connection
          .calls()
          .status(StatusRequest.newBuilder().setRef(ref).build())
          .forEachRemaining(progress::accept);
    } catch (StatusRuntimeException _) {
      // What failed, the solve itself says; this only tells how it went.
      return;
    } finally {
      progress.end();
    }
  }

  private record Moments(RegistryLogins logins, Progress progress) implements GatewaySolve.Moments {
    @Override
    public void stepsEnded() {
      logins.startPushing();
    }

    @Override
    public void stepsStopped() {
      progress.awaitQuiet(STOP_LIMIT);
    }
  }

  /** Waits for the daemon's last words. */
  private static void finish(Future<?> watching) {
    boolean wasInterrupted = Thread.interrupted();
    try {
      watching.get(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      wasInterrupted = true;
    } catch (TimeoutException | ExecutionException _) {
      watching.cancel(true);
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Digest digest(SolveResponse response) throws BuildFailedException {
    String digest = response.getExporterResponseOrDefault(DIGEST, "");
    try {
      return Digest.parse(digest);
    } catch (IllegalArgumentException e) {
      throw new BuildFailedException(
          Failed.bySystem(
              FailureReason.INTERNAL,
              connection.address().program() + " says that it is done, but names no image",
              "Use a newer one"),
          e);
    }
  }
}
