package dev.imagebuilder.cli;

import dev.imagebuilder.proto.builder.ImageBuilderGrpc.ImageBuilderStub;
import dev.imagebuilder.proto.builder.LogsRequest;
import dev.imagebuilder.proto.builder.LogsResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A build's output as it comes. Asks for the next piece only when one was taken, so that a slow
 * reader holds no more than a few. For one reading thread.
 */
final class LogStream implements AutoCloseable {
  private static final int PIECES = 16;

  /** Never more than {@link #PIECES} pieces and the end: {@code put} does not wait. */
  private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(PIECES + 2);

  private final Receiver receiver = new Receiver();
  private boolean isOver;

  private LogStream() {}

  static LogStream open(ImageBuilderStub stub, LogsRequest request) {
    LogStream stream = new LogStream();
    stub.logs(request, stream.receiver);
    return stream;
  }

  /**
   * The next piece, or empty at the end of the log. Asked again after that, it stays empty.
   *
   * @throws SilenceException if none came within the limit
   * @throws StatusRuntimeException if the call failed
   */
  Optional<byte[]> next(Duration limit) throws SilenceException, InterruptedException {
    if (isOver) {
      return Optional.empty();
    }
    @Nullable Event event = events.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    return switch (event) {
      case null -> throw new SilenceException();
      case Piece(var content) -> {
        receiver.askForOneMore();
        yield Optional.of(content.getContent().toByteArray());
      }
      case End(var failure) -> {
        isOver = true;
        if (failure != null) {
          throw failure;
        }
        yield Optional.empty();
      }
    };
  }

  @Override
  public void close() {
    receiver.cancel();
  }

  /** Nothing came for as long as the caller was willing to wait; the stream is still open. */
  static final class SilenceException extends Exception {
    SilenceException() {
      super("no output for a while", null, false, false);
    }
  }

  private sealed interface Event {}

  private record Piece(LogsResponse content) implements Event {}

  private record End(@Nullable StatusRuntimeException failure) implements Event {}

  private final class Receiver implements ClientResponseObserver<LogsRequest, LogsResponse> {
    private volatile @Nullable ClientCallStreamObserver<LogsRequest> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<LogsRequest> started) {
      started.disableAutoRequestWithInitial(PIECES);
      call = started;
    }

    @Override
    public void onNext(LogsResponse piece) {
      events.add(new Piece(piece));
    }

    @Override
    public void onError(Throwable failure) {
      events.add(new End(io.grpc.Status.fromThrowable(failure).asRuntimeException()));
    }

    @Override
    public void onCompleted() {
      events.add(new End(null));
    }

    void askForOneMore() {
      ClientCallStreamObserver<LogsRequest> open = call;
      if (open != null) {
        open.request(1);
      }
    }

    void cancel() {
      ClientCallStreamObserver<LogsRequest> open = call;
      if (open != null) {
        open.cancel("the reader has left", null);
      }
    }
  }
}
