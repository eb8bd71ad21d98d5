package dev.imagebuilder.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildBackend;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildOrder;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;

/** A backend whose builds do what the test says, when it says so. */
final class ScriptedBackend implements BuildBackend {
  private static final long PATIENCE_SECONDS = 20;
  private final BlockingQueue<Run> started = new LinkedBlockingQueue<>();
  private final List<BuildOrder> orders = new ArrayList<>();
  private final FakeImages images;

  /** Successful builds push to these. */
  ScriptedBackend(FakeImages images) {
    this.images = images;
  }

  /** The next build that has been started. */
  Run next() throws InterruptedException {
    Run run = started.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(run).as("a build was started").isNotNull();
    return run;
  }

  /** True if no other build has been started. */
  boolean isIdle() {
    return started.isEmpty();
  }

  synchronized List<BuildOrder> orders() {
    return List.copyOf(orders);
  }

  @Override
  public BuildOutcome run(BuildOrder order, BuildListener listener) throws InterruptedException {
    Run run = new Run(order, listener, images);
    synchronized (this) {
      orders.add(order);
    }
    started.add(run);
    return run.play();
  }

  @Override
  public String describe() {
    return "scripted";
  }

  /** What the test has a build do. */
  interface Act {
    BuildOutcome play() throws InterruptedException;
  }

  /** A build under way: waits for what the test has it do last. */
  static final class Run {
    private final BuildOrder order;
    private final BuildListener listener;
    private final FakeImages images;
    private final BlockingQueue<Act> end = new SynchronousQueue<>();

    Run(BuildOrder order, BuildListener listener, FakeImages images) {
      this.order = order;
      this.listener = listener;
      this.images = images;
    }

    BuildOrder order() {
      return order;
    }

    BuildListener listener() {
      return listener;
    }

    void push() {
      images.with(order.workspaceRef());
    }

    void succeed() throws InterruptedException {
      end(() -> {
        push();
        return new BuildOutcome.Succeeded(Digest.of(new byte[0]));
      });
    }

    void fail(BuildOutcome.Failed failure) throws InterruptedException {
      end(() -> failure);
    }

    void end(Act act) throws InterruptedException {
      assertThat(end.offer(act, PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    private BuildOutcome play() throws InterruptedException {
      return end.take().play();
    }
  }
}
