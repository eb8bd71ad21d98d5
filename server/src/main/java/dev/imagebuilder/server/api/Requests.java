package dev.imagebuilder.server.api;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * What a client streams, taken one by one: it may send ahead a little and then waits for us. For
 * one reading thread.
 */
final class Requests<T> implements StreamObserver<T> {
  private static final int AHEAD = 8;

  private final ServerCallStreamObserver<?> call;
  private final BlockingQueue<Optional<T>> queue = new LinkedBlockingQueue<>();

  /** To be made inside the gRPC callback that starts the call. */
  Requests(ServerCallStreamObserver<?> call) {
    this.call = call;
    call.disableAutoRequest();
    call.request(AHEAD);
  }

  /**
   * Waits for the next.
   *
   * @return empty when the client has said all; not to be called again then
   */
  Optional<T> next() throws InterruptedException {
    Optional<T> next = queue.take();
    if (next.isPresent()) {
      call.request(1);
    }
    return next;
  }

  @Override
  public void onNext(T request) {
    queue.add(Optional.of(request));
  }

  @Override
  public void onError(Throwable cause) {
    // The call is cancelled, which interrupts its handler.
    queue.add(Optional.empty());
  }

  @Override
  public void onCompleted() {
    queue.add(Optional.empty());
  }
}
