package dev.imagebuilder.cli;

import dev.imagebuilder.cli.output.CleanText;
import dev.imagebuilder.proto.v1.LogChunk;
import dev.imagebuilder.proto.v1.StreamLogRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** Reads a build's output to its end, going on from where it was when the connection breaks. */
final class LogFollower {
  private final ServiceClient service;
  private final Sink sink;
  private final Patience patience = new Patience();
  private final CleanText clean = new CleanText();
  private long offset;

  LogFollower(ServiceClient service, Sink sink) {
    this.service = service;
    this.sink = sink;
  }

  /**
   * Reads it.
   *
   * @throws CommandFailure if there is no such build, or the service is not there
   */
  void follow(StreamLogRequest request) throws CommandFailure, InterruptedException {
    while (true) {
      try {
        copy(request.toBuilder().setOffset(offset).build());
        return;
      } catch (StatusRuntimeException e) {
        // What could not be begun is not tried again.
        boolean isBroken = e.getStatus().getCode() == Status.Code.UNAVAILABLE && offset > 0;
        if (!isBroken || !patience.await()) {
          throw service.failure(e);
        }
      }
    }
  }

  private void copy(StreamLogRequest request) throws InterruptedException {
    try (Answers<StreamLogRequest, LogChunk> chunks = service.log(request)) {
      for (var next = chunks.next(); next.isPresent(); next = chunks.next()) {
        patience.restore();
        LogChunk chunk = next.get();
        sink.text(clean.next(chunk.getContent().toByteArray()), chunk.getOffset());
        offset = chunk.getOffset() + chunk.getContent().size();
      }
      sink.text(clean.end(), offset);
    }
  }

  /** Gets the output. */
  @FunctionalInterface
  interface Sink {

    /**
     * Takes what is next.
     *
     * @param cleaned may be empty
     * @param offset of the bytes that it was made from
     */
    void text(String cleaned, long offset);
  }
}
