package dev.imagebuilder.backend.wsmanager;

import dev.imagebuilder.proto.wsman.SubscribeRequest;
import dev.imagebuilder.proto.wsman.SubscribeResponse;
import dev.imagebuilder.proto.wsman.WorkspaceStatus;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One subscription. What comes is handed on in gRPC's own callback: ws-manager cuts off who is
 * behind by 250 updates, so nothing may stand between the wire and the taker, who returns at once.
 */
final class Subscription implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {
  private static final int IN_FLIGHT = 256;
  private final Consumer<WorkspaceStatus> taker;
  private final CompletableFuture<Status> end = new CompletableFuture<>();
  private volatile @Nullable ClientCallStreamObserver<SubscribeRequest> call;

  Subscription(Consumer<WorkspaceStatus> taker) {
    this.taker = taker;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<SubscribeRequest> started) {
    call = started;
    started.disableAutoRequestWithInitial(IN_FLIGHT);
  }

  @Override
  public void onNext(SubscribeResponse response) {
    if (response.hasStatus()) {
      taker.accept(response.getStatus());
    }
    ClientCallStreamObserver<SubscribeRequest> started = call;
    if (started != null) {
      started.request(1);
    }
  }

  @Override
  public void onError(Throwable cause) {
    end.complete(Status.fromThrowable(cause));
  }

  @Override
  public void onCompleted() {
    end.complete(Status.UNAVAILABLE.withDescription("ws-manager ended the subscription"));
  }

  /** Waits for its end, however long; the keepalive notices a dead connection. */
  Status awaitEnd() throws InterruptedException {
    try {
      return end.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("nobody completes it so", e);
    }
  }

  /** Ends it. */
  void cancel() {
    ClientCallStreamObserver<SubscribeRequest> started = call;
    if (started != null) {
      started.cancel("not needed any more", null);
    }
  }
}
