package dev.imagebuilder.bench;

import dev.imagebuilder.core.work.Tasks;
import dev.imagebuilder.proto.builder.ListBuildsRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/** The service in a cluster, beside mk3's figures: many builds at once. */
final class WsManagerBench {
  private static final int BUILDS = 1000;
  private static final int ENDINGS = 500;
  private static final int ROUNDS = 9;
  private static final int LIST_CALLERS = 4;
  private static final int LIST_CALLS = 500;
  private static final int UPDATES = 50_000;
  private static final int UPDATES_PER_SECOND = 10_000;

  private final ClusterProcess cluster;
  private final Service service;
  private int sources;
  private int starts;

  private WsManagerBench(ClusterProcess cluster, Service service) throws IOException {
    this.cluster = cluster;
    this.service = service;
    this.starts = Integer.parseInt(cluster.order("started 0"));
    this.sources = starts;
  }

  static void run() throws Exception {
    try (ClusterProcess cluster = ClusterProcess.start()) {
      warmPeers(cluster);
      try (Service service = Service.withWsManager(cluster.registry(), cluster.manager())) {
        new WsManagerBench(cluster, service).measure();
      }
    }
  }

  /** What it costs a JVM to run something for the first time counts for the service only. */
  private static void warmPeers(ClusterProcess cluster) throws Exception {
    try (Service another = Service.withWsManager(cluster.registry(), cluster.manager())) {
      WsManagerBench bench = new WsManagerBench(cluster, another);
      bench.end(bench.start(BUILDS, new long[1], 0));
      bench.end(bench.start(BUILDS, new long[1], 0));
    }
  }

  private void measure() throws Exception {
    Main.row("resident memory, idle", service.residentMegabytes() + " MB");
    long[] started = new long[ROUNDS];
    Duration before = service.processorTime();
    Burst first = start(BUILDS, started, 0);
    Main.row("processor time for these", seconds(service.processorTime().minus(before)));
    Main.row(
        "1,000 different builds at once until all workspaces are started, just started",
        millis(started[0]));
    list();
    Main.row("resident memory with 1,000 running builds", service.residentMegabytes() + " MB");
    flood(first);
    long[] told = new long[ROUNDS];
    Duration used = Duration.ZERO;
    for (int i = 0; i < ROUNDS; i++) {
      before = service.processorTime();
      Burst burst = start(BUILDS, started, i);
      used = used.plus(service.processorTime().minus(before));
      end(burst);
      told[i] = end(start(ENDINGS, new long[1], 0));
    }
    Main.row("the same, running for a while", new Samples(started).seconds());
    Main.row("processor time for one of these bursts", seconds(used.dividedBy(ROUNDS)));
    Main.row("500 builds end at one moment: the last caller told", new Samples(told).seconds());
    equal();
    Main.row("subscriptions to ws-manager in all", cluster.order("subscriptions"));
    Main.row("resident memory after all", service.residentMegabytes() + " MB");
  }

  private Burst start(int count, long[] took, int round) throws IOException, InterruptedException {
    long began = System.nanoTime();
    Burst burst = new Burst(service.channel(), count, _ -> image(sources++));
    starts += count;
    cluster.order("started " + starts);
    took[round] = System.nanoTime() - began;
    burst.awaitRunning();
    return burst;
  }

  /** From the moment the builds end, in nanoseconds. */
  private long end(Burst burst) throws IOException, InterruptedException {
    long began = Long.parseLong(cluster.order("end"));
    burst.awaitEnd();
    return 1000 * (burst.lastToldAt() - began);
  }

  private void equal() throws Exception {
    String image = image(sources++);
    Burst burst = new Burst(service.channel(), ENDINGS, _ -> image);
    burst.awaitRunning();
    int workspaces = Integer.parseInt(cluster.order("started 0")) - starts;
    end(burst);
    Main.row("500 equal builds at once", workspaces + " workspace");
  }

  private void list() throws Exception {
    List<Callable<long[]>> callers = new ArrayList<>();
    for (int i = 0; i < LIST_CALLERS; i++) {
      callers.add(this::lists);
    }
    var _ = Tasks.allOf(callers);
    long began = System.nanoTime();
    List<long[]> times = Tasks.allOf(callers);
    double took = (System.nanoTime() - began) / 1e9;
    Main.row(
        "ListBuilds with 1,000 running builds, 4 callers",
        Math.round(LIST_CALLERS * LIST_CALLS / took)
            + " calls a second, median "
            + Samples.millis(new Samples(times.getFirst()).median()));
  }

  private long[] lists() {
    long[] nanos = new long[LIST_CALLS];
    for (int i = 0; i < LIST_CALLS; i++) {
      long began = System.nanoTime();
      var _ = service.api().listBuilds(ListBuildsRequest.getDefaultInstance());
      nanos[i] = System.nanoTime() - began;
    }
    return nanos;
  }

  /**
   * Meanwhile builds end one by one: how late their callers hear of it is how far we are behind.
   */
  private void flood(Burst burst) throws IOException, InterruptedException {
    long began = System.nanoTime();
    String[] ended = cluster.order("flood " + UPDATES + " " + UPDATES_PER_SECOND).split(" ", -1);
    Main.row(
        "50,000 updates, at most 10,000 a second, sent within", millis(System.nanoTime() - began));
    cluster.order("end");
    burst.awaitEnd();
    long latest = 0;
    for (String each : ended) {
      int equals = each.indexOf('=');
      long late =
          burst.toldAt(each.substring(0, equals)) - Long.parseLong(each.substring(equals + 1));
      latest = Math.max(latest, late);
    }
    Main.row(
        "a build that ends meanwhile: its caller is told after, at most", millis(latest * 1000));
    Main.row("subscriptions to ws-manager until then", cluster.order("subscriptions"));
  }

  private String image(int number) {
    return cluster.registry() + "/base:n" + number;
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1e3);
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%d ms", nanos / 1_000_000);
  }
}
