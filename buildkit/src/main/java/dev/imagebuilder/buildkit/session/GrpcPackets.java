package dev.imagebuilder.buildkit.session;

import dev.imagebuilder.buildkit.files.PacketChannel;
import dev.imagebuilder.proto.buildkit.fsutil.Packet;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A call of {@code FileSync/DiffCopy} as blocking code sees it. */
final class GrpcPackets implements PacketChannel, StreamObserver<Packet> {
  private static final int READY_BYTES = 1 << 20;

  /** Longer than any build; what ends a wait is the end of the session. */
  private static final Duration LONGEST = Duration.ofHours(24);

  private final ServerCallStreamObserver<Packet> engine;

  /** Empty for the end of what the engine sends. */
  private final BlockingQueue<Optional<Packet>> received = new LinkedBlockingQueue<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition change = lock.newCondition();
  private boolean isGone;

  GrpcPackets(ServerCallStreamObserver<Packet> engine) {
    this.engine = engine;
    engine.setOnReadyThreshold(READY_BYTES);
    engine.setOnReadyHandler(this::signal);
    engine.setOnCancelHandler(this::gone);
  }

  @Override
  public void send(Packet packet) throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = LONGEST.toNanos();
      while (!isGone && !engine.isReady() && left > 0) {
        left = change.awaitNanos(left);
      }
      if (isGone || left <= 0) {
        throw new IOException("the engine takes in no more files");
      }
      engine.onNext(packet);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Packet receive() throws IOException, InterruptedException {
    Optional<Packet> packet = received.poll(LONGEST.toNanos(), TimeUnit.NANOSECONDS);
    if (packet == null || packet.isEmpty()) {
      throw new IOException("the engine has stopped to ask for files");
    }
    return packet.get();
  }

  @Override
  public void onNext(Packet packet) {
    received.add(Optional.of(packet));
  }

  @Override
  public void onError(Throwable fault) {
    gone();
  }

  @Override
  public void onCompleted() {
    received.add(Optional.empty());
  }

  private void gone() {
    received.add(Optional.empty());
    lock.lock();
    try {
      isGone = true;
      change.signalAll();
    } finally {
      lock.unlock();
    }
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
