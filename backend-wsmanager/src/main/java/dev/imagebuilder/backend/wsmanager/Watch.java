package dev.imagebuilder.backend.wsmanager;

import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the board true: one thread holds the subscription, another compares the board with the list
 * of all workspaces after every reconnect and now and then. Neither loops without a pause.
 */
final class Watch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Watch.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  /** A subscription that held so long was no failure. */
  private static final Duration SOLID = Duration.ofSeconds(1);

  /** What a list just missed is in the next one. */
  private static final Duration SECOND_LOOK = Duration.ofMillis(300);

  private final Link link;
  private final Board board;
  private final Condemned condemned;
  private final Runnable beforeConnect;
  private final Patience patience;
  private final Semaphore wake = new Semaphore(0);
  private volatile boolean isClosed;
  private volatile @Nullable Thread subscriber;
  private volatile @Nullable Thread reconciler;
  private volatile @Nullable String trouble = "ws-manager has not answered yet";

  /**
   * Watches once started.
   *
   * @param beforeConnect runs before each attempt to subscribe
   */
  Watch(Link link, Board board, Condemned condemned, Runnable beforeConnect, Patience patience) {
    this.link = link;
    this.board = board;
    this.condemned = condemned;
    this.beforeConnect = beforeConnect;
    this.patience = patience;
  }

  void start() {
    subscriber = Thread.ofVirtual().name("wsman-subscribe").start(this::subscribe);
    reconciler = Thread.ofVirtual().name("wsman-reconcile").start(this::reconcile);
  }

  /** Why ws-manager cannot be used now. */
  Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  /** Looks at all workspaces soon. */
  void look() {
    wake.release();
  }

  @Override
  public void close() {
    isClosed = true;
    for (Thread thread : new @Nullable Thread[] {subscriber, reconciler}) {
      if (thread != null) {
        thread.interrupt();
      }
    }
  }

  private void subscribe() {
    Duration pause = FIRST_PAUSE;
    try {
      while (!isClosed) {
        beforeConnect.run();
        link.hurry();
        long since = System.nanoTime();
        Subscription subscription = link.subscribe(board::seen);
        look();
        Status end;
        try {
          end = subscription.awaitEnd();
        } finally {
          subscription.cancel();
        }
        boolean wasSolid = System.nanoTime() - since > SOLID.toNanos();
        pause = wasSolid ? FIRST_PAUSE : shorter(pause.multipliedBy(2), patience.reconnect());
        note(new CallException(end));
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void reconcile() {
    Duration pause = patience.reconcile();
    boolean looksAgain = false;
    try {
      while (!isClosed) {
        looksAgain |= wake.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS);
        wake.drainPermits();
        long askedAt = System.nanoTime();
        try {
          board.listed(link.list(), askedAt);
          if (trouble != null) {
            trouble = null;
            log.info("ws-manager answers");
          }
          stopCondemned();
          pause = looksAgain || board.isInDoubt() ? SECOND_LOOK : patience.reconcile();
          looksAgain = false;
        } catch (CallException e) {
          note(e);
          looksAgain = true;
          pause = patience.reconnect();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void stopCondemned() throws CallException, InterruptedException {
    for (String id : condemned.takeSeen()) {
      link.stop(id);
      log.atInfo().addKeyValue("buildID", id).log("stopped a workspace that nobody wants");
    }
  }

  private void note(CallException failure) {
    if (isClosed) {
      return;
    }
    if (trouble == null) {
      log.atWarn().addKeyValue("cause", failure.getMessage()).log("lost ws-manager, trying again");
    }
    trouble = "ws-manager does not answer: " + failure.getMessage();
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
