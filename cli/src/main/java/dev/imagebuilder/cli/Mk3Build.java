package dev.imagebuilder.cli;

import dev.imagebuilder.cli.output.CleanText;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildStatus;
import dev.imagebuilder.proto.builder.LogsRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Follows one build of mk3's API to its end, and prints its output meanwhile. */
final class Mk3Build {
  /** mk3 leaves its log streams open when a build has ended (SPEC 3.4). */
  private static final Duration LAST_OUTPUT = Duration.ofSeconds(5);

  private final Mk3Client service;
  private final PrintStream out;
  private final boolean isCensored;

  Mk3Build(Mk3Client service, PrintStream out, boolean isCensored) {
    this.service = service;
    this.out = out;
    this.isCensored = isCensored;
  }

  /**
   * Builds.
   *
   * @return the last answer, which tells how it ended
   * @throws StatusRuntimeException if the call fails, or ends without telling
   */
  BuildResponse follow(BuildRequest request) throws InterruptedException {
    @Nullable Thread output = null;
    try (Answers<BuildRequest, BuildResponse> answers = service.build(request)) {
      for (Optional<BuildResponse> next = answers.next(); next.isPresent(); next = answers.next()) {
        BuildResponse answer = next.get();
        if (isLast(answer)) {
          if (output != null) {
            output.join(LAST_OUTPUT);
          }
          return answer;
        }
        if (output == null && answer.getStatus() == BuildStatus.running) {
          out.println("building " + CleanText.of(answer.getRef()));
          output = Thread.startVirtualThread(() -> printOutput(answer));
        }
      }
    } finally {
      if (output != null) {
        output.interrupt();
      }
    }
    throw Status.DATA_LOSS
        .withDescription("the stream ended before the build did; see imagebuilds list")
        .asRuntimeException();
  }

  private static boolean isLast(BuildResponse answer) {
    return answer.getStatus() == BuildStatus.done_success
        || answer.getStatus() == BuildStatus.done_failure;
  }

  private void printOutput(BuildResponse running) {
    LogsRequest request =
        LogsRequest.newBuilder()
            .setBuildRef(running.getRef())
            .setBuildId(running.getInfo().getBuildId())
            .setCensored(isCensored)
            .build();
    try {
      new Mk3Log(service, out).copy(request);
    } catch (StatusRuntimeException e) {
      out.println("no more output: " + CleanText.of(String.valueOf(e.getMessage())));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
