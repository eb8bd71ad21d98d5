package dev.imagebuilder.bench;

import dev.imagebuilder.testing.wsmanager.Ending;
import dev.imagebuilder.testing.wsmanager.Program;
import dev.imagebuilder.testing.wsmanager.StandInWorkspace;
import dev.imagebuilder.testing.wsmanager.WsManager;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that stands in for a cluster: ws-manager, supervisors and a registry, which answer at
 * once. Takes orders, one a line, and answers each with a line when it is carried out:
 *
 * <ul>
 *   <li>{@code started N}: wait for so many starts; the number of all
 *   <li>{@code flood N PER_SECOND}: send so many updates and end a build now and then; the builds
 *       ended, as {@code ID=MICROSECONDS} since the epoch
 *   <li>{@code end}: all builds; the microseconds since the epoch when it began
 *   <li>{@code subscriptions}: how often anybody subscribed
 * </ul>
 */
final class Cluster {
  /** Updates sent without a pause. */
  private static final int BATCH = 50;

  /** Prime, so that it is always another build's turn. */
  private static final int BETWEEN_ENDS = 2_503;

  private final WsManager manager;
  private final EmptyRegistry registry;
  private final AtomicInteger running = new AtomicInteger();
  private volatile CountDownLatch end = new CountDownLatch(1);

  private Cluster(WsManager manager, EmptyRegistry registry) {
    this.manager = manager;
    this.registry = registry;
  }

  /** Runs until its input ends. */
  static void main() throws IOException, InterruptedException {
    // Answers of the JDK's server wait 40 ms for acknowledgements otherwise.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    try (EmptyRegistry registry = EmptyRegistry.start();
        WsManager manager = WsManager.start(Program.NOTHING)) {
      Cluster cluster = new Cluster(manager, registry);
      manager.program(cluster::run);
      System.out.println(manager.address());
      System.out.println(registry.domain());
      cluster.obey();
    }
  }

  private Ending run(StandInWorkspace workspace) throws InterruptedException {
    CountDownLatch mine = end;
    running.incrementAndGet();
    mine.await();
    return Ending.success();
  }

  private void obey() throws IOException, InterruptedException {
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      System.out.println(carryOut(List.of(order.split(" ", -1))));
    }
  }

  private String carryOut(List<String> order) throws InterruptedException {
    return switch (order.getFirst()) {
      case "started" -> awaitStarts(Integer.parseInt(order.get(1)));
      case "flood" -> flood(Integer.parseInt(order.get(1)), Integer.parseInt(order.get(2)));
      case "end" -> end();
      case "subscriptions" -> Integer.toString(manager.faults().subscriptions());
      default -> throw new IllegalArgumentException("unknown order " + order);
    };
  }

  private String awaitStarts(int count) throws InterruptedException {
    while (started() < count) {
      TimeUnit.MILLISECONDS.sleep(2);
    }
    return Integer.toString(started());
  }

  private int started() {
    return manager.faults().startRequests().size();
  }

  private String end() throws InterruptedException {
    while (running.get() < started()) {
      TimeUnit.MILLISECONDS.sleep(2);
    }
    registry.fill();
    CountDownLatch now = end;
    end = new CountDownLatch(1);
    long began = Clock.micros();
    now.countDown();
    return Long.toString(began);
  }

  private String flood(int updates, int perSecond) throws InterruptedException {
    registry.fill();
    List<StandInWorkspace> all = manager.workspaces();
    StringJoiner ended = new StringJoiner(" ");
    long began = System.nanoTime();
    for (int i = 0; i < updates; i++) {
      if (i % BATCH == 0) {
        long due = began + i * 1_000_000_000L / perSecond;
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
      }
      StandInWorkspace workspace = all.get(i % all.size());
      if (i % BETWEEN_ENDS == BETWEEN_ENDS - 1) {
        ended.add(workspace.id() + "=" + Clock.micros());
        workspace.end(Ending.success());
      } else {
        workspace.touch();
      }
    }
    return ended.toString();
  }
}
