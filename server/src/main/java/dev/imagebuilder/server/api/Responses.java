package dev.imagebuilder.server.api;

import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;

/**
 * Sends a call's messages only as fast as its client takes them, so that a slow client costs its
 * own thread and nothing else. Safe for several threads.
 */
final class Responses<T> {
  private final ServerCallStreamObserver<T> call;
  private final Duration stallLimit;

  /** To be made inside the gRPC callback that starts the call. */
  Responses(ServerCallStreamObserver<T> call, Duration stallLimit) {
    this.call = call;
    this.stallLimit = stallLimit;
    call.setOnReadyHandler(this::wake);
  }

  /**
   * Sends, waiting for the client.
   *
   * @throws StalledException if the client takes nothing for the stall limit
   * @throws InterruptedException if the call was cancelled, or the service stops
   */
  synchronized void send(T message) throws StalledException, InterruptedException {
    if (!call.isReady()) {
      awaitReady();
    }
    call.onNext(message);
  }

  private void awaitReady() throws StalledException, InterruptedException {
    long deadline = System.nanoTime() + stallLimit.toNanos();
    while (!call.isReady()) {
      if (call.isCancelled()) {
        throw new InterruptedException("call cancelled");
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new StalledException();
      }
      wait(left);
    }
  }

  private synchronized void wake() {
    notifyAll();
  }
}
