package dev.imagebuilder.registry;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request, handed over piece by piece by the thread that has it, which waits while
 * the server does not take more: a blocking writer, with a limit to its patience.
 */
final class SentBody implements HttpRequest.BodyPublisher {
  private final long size;
  private final Semaphore demand = new Semaphore(0);
  private volatile Flow.@Nullable Subscriber<? super ByteBuffer> subscriber;
  private volatile boolean over;

  /**
   * Has sent nothing yet.
   *
   * @param size exact length, bytes
   */
  SentBody(long size) {
    this.size = size;
  }

  @Override
  public long contentLength() {
    return size;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> given) {
    subscriber = given;
    given.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long count) {
            demand.release((int) Math.min(count, 1 << 16));
          }

          @Override
          public void cancel() {
            end();
          }
        });
  }

  /** Stops waiting when the exchange ends, however it does. */
  void endWith(CompletableFuture<?> exchange) {
    var _ = exchange.whenComplete((_, _) -> end());
  }

  /**
   * Hands over a piece as soon as the connection takes it.
   *
   * @param piece not touched any more by the caller
   * @return false if the exchange is over and nothing more is wanted
   * @throws HttpTimeoutException if nothing is taken for so long
   */
  boolean send(ByteBuffer piece, Duration patience) throws IOException, InterruptedException {
    if (!demand.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new HttpTimeoutException("took nothing for " + patience.toMillis() + " ms");
    }
    Flow.Subscriber<? super ByteBuffer> target = subscriber;
    if (over || target == null) {
      return false;
    }
    target.onNext(piece);
    return true;
  }

  /** Says that all was handed over. */
  void complete() {
    Flow.Subscriber<? super ByteBuffer> target = subscriber;
    if (!over && target != null) {
      target.onComplete();
    }
  }

  private void end() {
    over = true;
    demand.release();
  }
}
