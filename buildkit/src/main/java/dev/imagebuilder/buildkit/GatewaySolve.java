package dev.imagebuilder.buildkit;

import dev.imagebuilder.proto.buildkit.control.SolveRequest;
import dev.imagebuilder.proto.buildkit.control.SolveResponse;
import dev.imagebuilder.proto.buildkit.gateway.LLBBridgeGrpc.LLBBridgeBlockingStub;
import dev.imagebuilder.proto.buildkit.gateway.Result;
import dev.imagebuilder.proto.buildkit.gateway.ReturnRequest;
import dev.imagebuilder.proto.buildkit.gateway.StatFileRequest;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One build in two parts: first all steps, and only when the last of them has ended the export. So
 * it is known which of the two the daemon asks credentials for.
 */
final class GatewaySolve {
  /** Longer than any build; what ends a wait is the call's own end. */
  private static final Duration LONGEST = Duration.ofHours(24);

  private final BuildkitConnection connection;
  private final SolveRequest export;

  /** Canceled when the session is lost: without us a build could only wait, or be for nobody. */
  private final Context.CancellableContext bounds;

  /**
   * Prepares the build.
   *
   * @param export names the build, its session and where its result goes
   */
  GatewaySolve(
      BuildkitConnection connection, SolveRequest export, Context.CancellableContext bounds) {
    this.connection = connection;
    this.export = export;
    this.bounds = bounds;
  }

  /** What is done in between. */
  interface Moments {

    /** All steps have ended well, and nothing is exported yet. */
    void stepsEnded();

    /**
     * They have not, or not all: the daemon was told to stop them, and has not been told yet that
     * nobody waits for the build. Waits until it has stopped them.
     */
    void stepsStopped();
  }

  /**
   * Builds and exports.
   *
   * @throws StatusRuntimeException if it failed, or this thread was interrupted, whose flag is set
   *     then
   */
  SolveResponse run(dev.imagebuilder.proto.buildkit.gateway.SolveRequest steps, Moments moments) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<SolveResponse> exported =
          threads.submit(bounds.wrap(() -> connection.calls().solve(export)));
      Context before = bounds.attach();
      try {
        LLBBridgeBlockingStub gateway = connection.gateway(export.getRef());
        Result result = gateway.solve(steps).getResult();
        if (connection.address() instanceof BuildkitAddress.InDocker) {
          evaluate(gateway, result);
        }
        moments.stepsEnded();
        var _ = gateway.return_(ReturnRequest.newBuilder().setResult(result).build());
        return result(exported);
      } catch (StatusRuntimeException e) {
        moments.stepsStopped();
        throw worse(e, exported);
      } finally {
        bounds.detach(before);
        bounds.cancel(null);
      }
    }
  }

  /** BuildKit before 0.9 does not understand that it is to run the steps, and waits for this. */
  private static void evaluate(LLBBridgeBlockingStub gateway, Result result) {
    String ref = result.hasRef() ? result.getRef().getId() : result.getRefDeprecated();
    if (!ref.isEmpty()) {
      var _ = gateway.statFile(StatFileRequest.newBuilder().setRef(ref).setPath(".").build());
    }
  }

  private static SolveResponse result(Future<SolveResponse> exported) {
    try {
      return exported.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StatusRuntimeException status
          ? status
          : new IllegalStateException("solve", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED.withCause(e).asRuntimeException();
    } catch (TimeoutException e) {
      throw Status.DEADLINE_EXCEEDED.withCause(e).asRuntimeException();
    }
  }

  /** Where the export has failed already, the steps only say that they were cut off by that. */
  private static StatusRuntimeException worse(
      StatusRuntimeException steps, Future<SolveResponse> exported) {
    return exported.state() == Future.State.FAILED
            && exported.exceptionNow() instanceof StatusRuntimeException export
        ? export
        : steps;
  }
}
