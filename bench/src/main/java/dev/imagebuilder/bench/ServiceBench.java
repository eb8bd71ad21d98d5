package dev.imagebuilder.bench;

import dev.imagebuilder.core.work.Tasks;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.TestImages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** The service beside mk3's figures: start, memory, and images that are there already. */
final class ServiceBench {
  private static final int STARTS = 5;
  private static final int WARM_UP = 2000;
  private static final int CALLS = 2000;
  private static final int CALLERS = 10;
  private static final int BUILDS = 20;

  private ServiceBench() {}

  static void start() throws Exception {
    try (DebianRegistry registry = DebianRegistry.start()) {
      new Service(registry.domain()).close(); // the launcher prepares quick starts
      long[] starts = new long[STARTS];
      long resident = 0;
      for (int i = 0; i < STARTS; i++) {
        try (Service service = new Service(registry.domain())) {
          starts[i] = service.start().toNanos();
          resident = service.residentMegabytes();
        }
      }
      Main.row("launcher to first answered RPC", new Samples(starts).seconds());
      Main.row("./image-builder list", new Samples(lists(registry)).seconds());
      Main.row("resident memory, idle", resident + " MB");
    }
  }

  private static long[] lists(DebianRegistry registry) throws Exception {
    long[] times = new long[2 * STARTS];
    try (Service service = new Service(registry.domain())) {
      for (int i = 0; i < times.length; i++) {
        ProcessBuilder list =
            service.client("list").redirectOutput(ProcessBuilder.Redirect.DISCARD);
        long began = System.nanoTime();
        int code = list.start().waitFor();
        times[i] = System.nanoTime() - began;
        if (code != 0) {
          throw new IllegalStateException("list ended with " + code);
        }
      }
    }
    return times;
  }

  static void hit() throws Exception {
    try (DebianRegistry registry = DebianRegistry.start();
        Service service = new Service(registry.domain())) {
      registry.client().push("base", "1", TestImages.oci("hit"));
      BuildRequest full = Service.request(registry.domain() + "/base:1").build();
      String base = service.build(full).getBaseRef();
      BuildRequest fast = full.toBuilder().setBaseImageNameResolved(base).build();
      calls(service, full, WARM_UP);
      Samples one = new Samples(calls(service, full, CALLS));
      Main.row(
          "image is there, 1 caller, full path: median / p99",
          Samples.millis(one.median()) + " / " + Samples.millis(one.at(0.99)));
      Main.row("the same, 10 callers, full path", perSecond(service, full));
      Main.row("the same, 10 callers, fast path", perSecond(service, fast));
      Main.row("resident memory after these", service.residentMegabytes() + " MB");
    }
  }

  static void builds() throws Exception {
    try (DebianRegistry registry = DebianRegistry.start();
        Service service = new Service(registry.domain())) {
      long[] times = new long[BUILDS];
      for (int i = 0; i < BUILDS; i++) {
        registry.client().push("base", "n" + i, TestImages.oci("build " + i));
        BuildRequest request = Service.request(registry.domain() + "/base:n" + i).build();
        long began = System.nanoTime();
        service.build(request);
        times[i] = System.nanoTime() - began;
      }
      Main.row(
          "20 builds of small images, one after the other: each", new Samples(times).seconds());
      Main.row("resident memory after 20 builds", service.residentMegabytes() + " MB");
    }
  }

  private static String perSecond(Service service, BuildRequest request) throws Exception {
    List<Callable<long[]>> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      callers.add(() -> calls(service, request, CALLS / CALLERS));
    }
    var _ = Tasks.allOf(callers);
    long began = System.nanoTime();
    var _ = Tasks.allOf(callers);
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    return Math.round(CALLS / (took.toNanos() / 1e9)) + " calls a second";
  }

  private static long[] calls(Service service, BuildRequest request, int count) {
    long[] nanos = new long[count];
    for (int i = 0; i < count; i++) {
      long began = System.nanoTime();
      service.build(request);
      nanos[i] = System.nanoTime() - began;
    }
    return nanos;
  }
}
