package dev.imagebuilder.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer as a stream that gives up on a server that stands still. The JDK's own
 * stream waits for ever: {@link java.net.http.HttpRequest#timeout} ends with the headers.
 *
 * <p>Read by one thread at a time. Closing it early gives the connection up.
 */
final class ReceivedBody extends InputStream implements HttpResponse.BodySubscriber<InputStream> {
  /** How many pieces (16 KiB as a rule) may wait to be read. */
  private static final int AHEAD = 16;

  private static final List<ByteBuffer> END = List.of();

  private final Duration idle;
  private final BlockingQueue<List<ByteBuffer>> received = new LinkedBlockingQueue<>();
  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
  private final Deque<ByteBuffer> current = new ArrayDeque<>();
  private volatile @Nullable Throwable failure;
  private volatile boolean ended;

  /**
   * Awaits a body.
   *
   * @param idle how long a read waits for the next byte
   */
  ReceivedBody(Duration idle) {
    this.idle = idle;
  }

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedStage(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    if (ended || !subscription.complete(given)) {
      given.cancel();
      return;
    }
    given.request(AHEAD);
  }

  @Override
  public void onNext(List<ByteBuffer> piece) {
    if (piece.isEmpty()) {
      var _ = subscription.thenAccept(body -> body.request(1));
    } else {
      received.add(piece);
    }
  }

  @Override
  public void onError(Throwable broken) {
    failure = broken;
    received.add(END);
  }

  @Override
  public void onComplete() {
    received.add(END);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (current.isEmpty() || !current.getFirst().hasRemaining()) {
      current.poll();
      if (current.isEmpty() && !fill()) {
        return -1;
      }
    }
    ByteBuffer buffer = current.getFirst();
    int count = Math.min(length, buffer.remaining());
    buffer.get(target, offset, count);
    return count;
  }

  @Override
  public void close() {
    if (!ended) {
      ended = true;
      var _ = subscription.thenAccept(Flow.Subscription::cancel);
      received.clear();
      current.clear();
    }
  }

  /** False at the end of the body. */
  private boolean fill() throws IOException {
    if (ended) {
      return false;
    }
    List<ByteBuffer> piece = next();
    if (piece.isEmpty()) {
      ended = true;
      Throwable broken = failure;
      if (broken != null) {
        throw new IOException("the connection broke: " + broken.getMessage(), broken);
      }
      return false;
    }
    current.addAll(piece);
    subscription.join().request(1);
    return true;
  }

  private List<ByteBuffer> next() throws IOException {
    try {
      List<ByteBuffer> piece = received.poll(idle.toMillis(), TimeUnit.MILLISECONDS);
      if (piece == null) {
        close();
        throw new HttpTimeoutException("sent nothing for " + idle.toMillis() + " ms");
      }
      return piece;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      close();
      throw new InterruptedIOException("interrupted while reading an answer");
    }
  }
}
