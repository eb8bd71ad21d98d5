package dev.imagebuilder.cli;

import dev.imagebuilder.cli.output.CleanText;
import dev.imagebuilder.proto.builder.LogsRequest;
import dev.imagebuilder.proto.builder.LogsResponse;
import java.io.PrintStream;
import java.util.Optional;

/** Prints a build's output as mk3's API streams it. */
final class Mk3Log {
  private final Mk3Client service;
  private final PrintStream out;
  private final CleanText clean = new CleanText();

  Mk3Log(Mk3Client service, PrintStream out) {
    this.service = service;
    this.out = out;
  }

  /**
   * Prints all of it, until the service ends it.
   *
   * @throws io.grpc.StatusRuntimeException if there is no such build, or the call breaks
   */
  void copy(LogsRequest request) throws InterruptedException {
    try (Answers<LogsRequest, LogsResponse> chunks = service.logs(request)) {
      Optional<LogsResponse> next = chunks.next();
      while (next.isPresent()) {
        print(clean.next(next.get().getContent().toByteArray()));
        next = chunks.next();
      }
    } finally {
      print(clean.end());
    }
  }

  private void print(String text) {
    out.print(text);
    out.flush();
  }
}
