package dev.imagebuilder.cli;

import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildStatus;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Starts a build through the API and shows it, with its output, until it ends. */
final class BuildFollower {
  private static final Duration LOG_AFTER_END = Duration.ofSeconds(10);
  private static final Duration LONGEST_SILENCE = Duration.ofHours(2);

  private final ServiceClient service;
  private final Output output;

  BuildFollower(ServiceClient service, Output output) {
    this.service = service;
    this.output = output;
  }

  /**
   * Follows a build to its end.
   *
   * @return the service's last message, done_success or done_failure
   * @throws CommandFailure if the service does not take the build, or the stream breaks
   */
  BuildResponse follow(BuildRequest request) throws CommandFailure, InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      @Nullable Future<?> log = null;
      Iterator<BuildResponse> responses = service.build(request);
      try {
        while (responses.hasNext()) {
          BuildResponse response = responses.next();
          if (isFinal(response)) {
            await(log);
            output.ended(response);
            return response;
          }
          output.running(response);
          String id = response.getInfo().getBuildId();
          if (log == null && !id.isEmpty()) {
            String ref = response.getRef();
            log = threads.submit(() -> copyLog(ref, id));
          }
        }
        throw CommandFailure.failed("the service ended the stream before the build did");
      } catch (StatusRuntimeException e) {
        throw service.failure(e);
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private static boolean isFinal(BuildResponse response) {
    return response.getStatus() == BuildStatus.done_success
        || response.getStatus() == BuildStatus.done_failure;
  }

  private void copyLog(String ref, String id) {
    CleanText clean = new CleanText();
    try (LogStream log = service.logs(ref, id)) {
      for (var piece = log.next(LONGEST_SILENCE);
          piece.isPresent();
          piece = log.next(LONGEST_SILENCE)) {
        output.log(clean.next(piece.get()));
      }
      output.log(clean.end());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.CANCELLED) {
        output.note("the build's output cannot be read: " + service.failure(e).getMessage());
      }
    } catch (LogStream.SilenceException _) {
      output.note("no output for " + LONGEST_SILENCE.toHours() + " h, not waiting for more");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** The last of the output may come after the last status. */
  private void await(@Nullable Future<?> log) throws InterruptedException {
    if (log == null) {
      return;
    }
    try {
      log.get(LOG_AFTER_END.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException _) {
      output.note("the build has ended, but its output goes on; not waiting for the rest");
    } catch (ExecutionException e) {
      throw new IllegalStateException("reading the build's output", e.getCause());
    }
  }
}
