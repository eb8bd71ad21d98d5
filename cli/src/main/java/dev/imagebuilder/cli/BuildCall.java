package dev.imagebuilder.cli;

import dev.imagebuilder.proto.v1.BuildRequest;
import dev.imagebuilder.proto.v1.BuildUpdate;
import dev.imagebuilder.proto.v1.BuildsGrpc;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One call of {@code Builds/Build}, as blocking code sees it: any thread sends as fast as the
 * service takes, one thread reads.
 */
final class BuildCall implements AutoCloseable {
  /** Keeps the connection busy between two packets of a file. */
  private static final int READY_BYTES = 512 * 1024;

  private static final Duration LONGEST = Duration.ofDays(2);

  private final ReentrantLock lock = new ReentrantLock(true);
  private final Condition change = lock.newCondition();
  private final Answers<BuildRequest, BuildUpdate> answers = new Answers<>(this::signal);
  private final ClientCallStreamObserver<BuildRequest> requests;
  private boolean isOver;

  private BuildCall(ManagedChannel channel) {
    this.requests =
        (ClientCallStreamObserver<BuildRequest>)
            ClientCalls.asyncBidiStreamingCall(
                channel.newCall(
                    BuildsGrpc.getBuildMethod(),
                    CallOptions.DEFAULT.withOnReadyThreshold(READY_BYTES)),
                answers);
  }

  /** Starts the call; nothing was sent yet. */
  static BuildCall open(ManagedChannel channel) {
    return new BuildCall(channel);
  }

  /** Sends the first message, or one without content: they wait for nothing. */
  void begin(BuildRequest request) {
    requests.onNext(request);
  }

  /**
   * Sends, waiting for the service.
   *
   * @throws IOException if the call is over
   */
  void send(BuildRequest request) throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = LONGEST.toNanos();
      while (!isOver && !requests.isReady() && left > 0) {
        left = change.awaitNanos(left);
      }
      if (isOver || left <= 0) {
        throw new IOException("the service takes in no more files");
      }
      requests.onNext(request);
    } finally {
      lock.unlock();
    }
  }

  /** Says that nothing more will be sent. */
  void endRequests() {
    requests.onCompleted();
  }

  /**
   * Waits for the next update, or empty at the end.
   *
   * @throws io.grpc.StatusRuntimeException if the call failed
   */
  Optional<BuildUpdate> next() throws InterruptedException {
    return answers.next();
  }

  /** Ends the call, wherever it is. */
  @Override
  public void close() {
    lock.lock();
    try {
      isOver = true;
      change.signalAll();
    } finally {
      lock.unlock();
    }
    answers.close();
  }

  private void signal() {
    lock.lock();
    try {
      change.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
