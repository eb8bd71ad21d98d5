package dev.imagebuilder.testing.wsmanager;

import dev.imagebuilder.proto.wsman.MetadataFilter;
import dev.imagebuilder.proto.wsman.SubscribeResponse;
import dev.imagebuilder.proto.wsman.WorkspaceStatus;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** One who hears of changes, through a buffer of 250; who is too slow for it is cut off. */
final class Subscriber {
  private static final int BUFFER = 250;

  /** What Go's server lets a stream have on its way to the socket, bytes. */
  private static final int WRITE_QUOTA = 64 * 1024;

  private final MetadataFilter filter;
  private final ServerCallStreamObserver<SubscribeResponse> out;
  private final Deque<WorkspaceStatus> buffer = new ArrayDeque<>();
  private @Nullable Status end;

  Subscriber(MetadataFilter filter, ServerCallStreamObserver<SubscribeResponse> out) {
    this.filter = filter;
    this.out = out;
    out.setOnReadyThreshold(WRITE_QUOTA);
    out.setOnReadyHandler(this::wake);
    out.setOnCancelHandler(() -> end(Status.CANCELLED));
  }

  /** Every annotation of the filter is there; nothing else is looked at. */
  static boolean matches(MetadataFilter filter, WorkspaceStatus status) {
    return status
        .getMetadata()
        .getAnnotationsMap()
        .entrySet()
        .containsAll(filter.getAnnotationsMap().entrySet());
  }

  synchronized void tell(WorkspaceStatus status) {
    if (end != null || !matches(filter, status)) {
      return;
    }
    if (buffer.size() == BUFFER) {
      end = Status.UNKNOWN.withDescription("subscription was canceled");
    } else {
      buffer.add(status);
    }
    notifyAll();
  }

  synchronized void end(Status status) {
    end = end == null ? status : end;
    notifyAll();
  }

  synchronized void awaitTaken(long end) throws InterruptedException {
    long left = end - System.nanoTime();
    while (!buffer.isEmpty() && left > 0) {
      wait(Math.max(1, left / 1_000_000));
      left = end - System.nanoTime();
    }
  }

  /** Sends until it is over, on the calling thread. */
  void serve() throws InterruptedException {
    while (true) {
      WorkspaceStatus next = next();
      if (next == null) {
        break;
      }
      out.onNext(SubscribeResponse.newBuilder().setStatus(next).build());
    }
    if (!out.isCancelled()) {
      out.onError((end == null ? Status.UNAVAILABLE : end).asRuntimeException());
    }
  }

  private synchronized @Nullable WorkspaceStatus next() throws InterruptedException {
    while (end == null && (buffer.isEmpty() || !out.isReady())) {
      wait(1000);
    }
    if (end != null) {
      return null;
    }
    WorkspaceStatus next = buffer.poll();
    if (buffer.isEmpty()) {
      notifyAll();
    }
    return next;
  }

  private synchronized void wake() {
    notifyAll();
  }
}
