package dev.imagebuilder.cli;

import io.grpc.Status;
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
 * What the service streams, taken one by one. Asks for the next only when one was taken, so that a
 * slow reader holds no more than a few. For one reading thread.
 *
 * @param <Q> what the call sends
 * @param <A> what comes back
 */
final class Answers<Q, A> implements ClientResponseObserver<Q, A>, AutoCloseable {
  private static final int AHEAD = 16;

  /** Longer than any build; who goes before is noticed by keep-alive. */
  private static final Duration LONGEST = Duration.ofDays(2);

  /** Never more than {@link #AHEAD} answers and the end: {@code add} finds room. */
  private final BlockingQueue<Event<A>> events = new ArrayBlockingQueue<>(AHEAD + 2);

  private final Runnable readyHandler;
  private volatile @Nullable ClientCallStreamObserver<Q> call;
  private boolean isOver;

  /** To be handed to a call as its observer. */
  Answers() {
    this(() -> {});
  }

  /** The same for a call that streams in both directions; runs the handler when it may send. */
  Answers(Runnable readyHandler) {
    this.readyHandler = readyHandler;
  }

  private sealed interface Event<A> {}

  private record Answer<A>(A content) implements Event<A> {}

  private record End<A>(@Nullable StatusRuntimeException failure) implements Event<A> {}

  /**
   * Waits for the next, or empty at the end. Asked again after that, it stays empty.
   *
   * @throws StatusRuntimeException if the call failed
   */
  Optional<A> next() throws InterruptedException {
    if (isOver) {
      return Optional.empty();
    }
    @Nullable Event<A> event = events.poll(LONGEST.toSeconds(), TimeUnit.SECONDS);
    return switch (event) {
      case null -> throw Status.DEADLINE_EXCEEDED.asRuntimeException();
      case Answer<A>(var content) -> {
        ClientCallStreamObserver<Q> open = call;
        if (open != null) {
          open.request(1);
        }
        yield Optional.of(content);
      }
      case End<A>(var failure) -> {
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
    ClientCallStreamObserver<Q> open = call;
    if (open != null) {
      open.cancel("the reader has left", null);
    }
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> started) {
    started.disableAutoRequestWithInitial(AHEAD);
    started.setOnReadyHandler(readyHandler);
    call = started;
  }

  @Override
  public void onNext(A answer) {
    events.add(new Answer<>(answer));
  }

  @Override
  public void onError(Throwable failure) {
    events.add(new End<>(Status.fromThrowable(failure).asRuntimeException()));
  }

  @Override
  public void onCompleted() {
    events.add(new End<>(null));
  }
}
