package dev.imagebuilder.server.api;

import dev.imagebuilder.service.RequestFault;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs each call's handler on a virtual thread of its own, which a cancel interrupts: gRPC's
 * callbacks of one call are serial, so a handler that blocked in one would never hear of it.
 */
public final class CallThreads {
  private static final Logger log = LoggerFactory.getLogger(CallThreads.class);

  private final Duration stallLimit;
  private final Set<Thread> streams = ConcurrentHashMap.newKeySet();
  private volatile boolean isStopping;

  /**
   * Sets the limit for all calls.
   *
   * @param stallLimit how long a client may take nothing of what it is sent
   */
  public CallThreads(Duration stallLimit) {
    this.stallLimit = stallLimit;
  }

  /** Ends all streams with UNAVAILABLE, and refuses new ones. Returns at once. */
  public void stopStreams() {
    isStopping = true;
    streams.forEach(Thread::interrupt);
  }

  /** Runs the handler of a call with one answer. */
  <T> void answer(StreamObserver<T> responses, Answer<T> handler) {
    start(responses, Kind.UNARY, out -> out.send(handler.get()));
  }

  /** Runs the handler of a stream. */
  <T> void stream(StreamObserver<T> responses, Handler<T> handler) {
    start(responses, Kind.STREAM, handler);
  }

  /** Runs the handler of a call in which both sides stream; returns what gRPC feeds. */
  <Q, A> StreamObserver<Q> dialog(StreamObserver<A> responses, Dialog<Q, A> handler) {
    Requests<Q> in = new Requests<>((ServerCallStreamObserver<A>) responses);
    start(responses, Kind.STREAM, out -> handler.handle(in, out));
    return in;
  }

  private <T> void start(StreamObserver<T> responses, Kind kind, Handler<T> handler) {
    var call = (ServerCallStreamObserver<T>) responses;
    Responses<T> out = new Responses<>(call, stallLimit);
    // What belongs to the call goes along, but not its end and deadline: those are told otherwise.
    Runnable work = Context.current().fork().wrap(() -> run(call, kind, () -> handler.handle(out)));
    Thread thread = Thread.ofVirtual().unstarted(work);
    call.setOnCancelHandler(thread::interrupt);
    thread.start();
  }

  private void run(ServerCallStreamObserver<?> call, Kind kind, Work work) {
    Thread self = Thread.currentThread();
    try {
      if (kind == Kind.STREAM) {
        streams.add(self);
        if (isStopping) {
          throw new InterruptedException("service is stopping");
        }
      }
      work.run();
      call.onCompleted();
    } catch (InterruptedException _) {
      end(call, isStopping ? Statuses.STOPPING : Status.CANCELLED);
    } catch (RequestFault e) {
      end(call, Statuses.of(e));
    } catch (StalledException e) {
      end(call, Status.ABORTED.withDescription(e.getMessage()));
    } catch (IOException | RuntimeException | Error e) {
      log.atError().setCause(e).log("call failed");
      end(call, Statuses.INTERNAL);
    } finally {
      streams.remove(self);
    }
  }

  private static void end(ServerCallStreamObserver<?> call, Status status) {
    if (!call.isCancelled()) {
      call.onError(status.asRuntimeException());
    }
  }

  private enum Kind {
    UNARY,
    STREAM
  }

  /** What a call does, in full. */
  private interface Work {
    void run() throws RequestFault, StalledException, IOException, InterruptedException;
  }

  /** What a stream does. */
  @FunctionalInterface
  interface Handler<T> {
    void handle(Responses<T> out)
        throws RequestFault, StalledException, IOException, InterruptedException;
  }

  /** What a call does in which both sides stream. */
  @FunctionalInterface
  interface Dialog<Q, A> {
    void handle(Requests<Q> in, Responses<A> out)
        throws RequestFault, StalledException, IOException, InterruptedException;
  }

  /** What a call with one answer does. */
  @FunctionalInterface
  interface Answer<T> {
    T get() throws RequestFault, InterruptedException;
  }
}
