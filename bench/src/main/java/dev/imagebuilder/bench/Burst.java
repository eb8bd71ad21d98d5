package dev.imagebuilder.bench;

import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildStatus;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc.ImageBuilderStub;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** Many Build calls at once on one connection, and when their callers heard what. */
final class Burst {
  private static final long LIMIT_SECONDS = 120;

  private final CountDownLatch running;
  private final CountDownLatch over;
  private final Map<String, Long> toldAt = new ConcurrentHashMap<>();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();

  /** Begins the calls, each for an image. */
  Burst(Channel channel, int count, IntFunction<String> images) {
    this.running = new CountDownLatch(count);
    this.over = new CountDownLatch(count);
    ImageBuilderStub stub = ImageBuilderGrpc.newStub(channel);
    for (int i = 0; i < count; i++) {
      stub.build(Service.request(images.apply(i)).build(), new Caller(Integer.toString(i)));
    }
  }

  /** Waits until every caller knows that its build runs. */
  void awaitRunning() throws InterruptedException {
    await(running);
  }

  /** Waits until every caller knows how its build has ended. */
  void awaitEnd() throws InterruptedException {
    await(over);
  }

  /** When the caller of a build heard of its end, in microseconds since the epoch. */
  long toldAt(String buildId) {
    return toldAt.entrySet().stream()
        .filter(each -> each.getKey().startsWith(buildId))
        .mapToLong(Map.Entry::getValue)
        .max()
        .orElseThrow();
  }

  /** When the last caller heard of an end. */
  long lastToldAt() {
    return toldAt.values().stream().mapToLong(Long::longValue).max().orElseThrow();
  }

  private void await(CountDownLatch latch) throws InterruptedException {
    boolean isDone = latch.await(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (!isDone || !faults.isEmpty()) {
      throw new IllegalStateException(
          latch.getCount() + " callers wait; " + faults.stream().distinct().toList());
    }
  }

  private final class Caller implements StreamObserver<BuildResponse> {
    private final String name;
    private boolean isRunning;

    private Caller(String name) {
      this.name = name;
    }

    @Override
    public void onNext(BuildResponse response) {
      if (!isRunning && response.getStatus() == BuildStatus.running) {
        isRunning = true;
        running.countDown();
      }
      if (response.getStatus() == BuildStatus.done_success) {
        toldAt.put(response.getInfo().getBuildId() + "/" + name, Clock.micros());
        over.countDown();
      } else if (response.getStatus() == BuildStatus.done_failure) {
        fail(response.getMessage());
      }
    }

    @Override
    public void onError(Throwable failure) {
      fail(failure.toString());
    }

    @Override
    public void onCompleted() {
      // The last message has told all.
    }

    private void fail(String fault) {
      faults.add(fault);
      running.countDown();
      over.countDown();
    }
  }
}
