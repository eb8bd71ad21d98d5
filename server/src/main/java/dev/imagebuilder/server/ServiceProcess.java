package dev.imagebuilder.server;

import dev.imagebuilder.net.Network;
import dev.imagebuilder.net.NetworkException;
import dev.imagebuilder.server.api.BuildsApi;
import dev.imagebuilder.server.api.CallThreads;
import dev.imagebuilder.server.api.HealthApi;
import dev.imagebuilder.server.api.ImageBuilderApi;
import dev.imagebuilder.server.tracing.Tracing;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running service with its listeners. Closing it is bounded by the configured grace time. */
public final class ServiceProcess implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ServiceProcess.class);

  /** A client that takes nothing of a stream for so long is cut off. */
  private static final Duration STALL_LIMIT = Duration.ofMinutes(5);

  /** Kept of the grace time for calls with one answer, after the builds have stopped. */
  private static final Duration LAST_CALLS = Duration.ofSeconds(2);

  private final Duration grace;
  private final Readiness readiness = new Readiness();
  private final CallThreads calls = new CallThreads(STALL_LIMIT);
  private final AtomicBoolean isClosing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Listeners listeners = new Listeners();
  private @Nullable BuildParts parts;
  private @Nullable Tracing tracing;

  private ServiceProcess(Duration grace) {
    this.grace = grace;
  }

  /**
   * Starts a service; it takes calls when this returns.
   *
   * @throws StartException if it cannot; nothing of it runs then
   */
  public static ServiceProcess start(ProcessOptions options)
      throws StartException, InterruptedException {
    return start(options, Wiring::make);
  }

  static ServiceProcess start(ProcessOptions options, BuildParts.Maker maker)
      throws StartException, InterruptedException {
    ServiceProcess process = new ServiceProcess(options.configuration().server().shutdownGrace());
    try {
      process.open(options, maker);
      return process;
    } catch (StartException | InterruptedException | RuntimeException e) {
      process.close();
      throw e;
    }
  }

  /** Where the gRPC API listens. */
  public InetSocketAddress grpcAddress() {
    return listeners.grpc();
  }

  /** Where {@code /metrics} is. */
  public InetSocketAddress metricsAddress() {
    return listeners.metrics();
  }

  /** Where {@code /ready} and {@code /live} are. */
  public InetSocketAddress healthAddress() {
    return listeners.health();
  }

  /** Where {@code /debug/logging} is. */
  public InetSocketAddress debugAddress() {
    return listeners.debug();
  }

  /** Where builds run, one line for people. */
  public String describe() {
    return opened(parts).describe();
  }

  /**
   * Waits for SIGTERM or SIGINT, stops the service, and ends the process with exit code 0. Returns
   * only if the service is closed by somebody else.
   */
  public void runUntilSignal() throws InterruptedException {
    Thread hook = new Thread(this::stopOnSignal, "shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    closed.await();
  }

  /** Health says no, streams end with UNAVAILABLE, builds are stopped, then the listeners close. */
  @Override
  public void close() {
    if (!isClosing.compareAndSet(false, true)) {
      return;
    }
    long start = System.nanoTime();
    readiness.set(Readiness.State.STOPPING);
    calls.stopStreams();
    try {
      stopBuilds(grace.minus(LAST_CALLS));
      listeners.stopCalls(LAST_CALLS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      listeners.close();
      if (tracing != null) {
        tracing.close();
      }
    }
    log.atInfo().addKeyValue("ms", (System.nanoTime() - start) / 1_000_000).log("service stopped");
    closed.countDown();
  }

  private void open(ProcessOptions options, BuildParts.Maker maker)
      throws StartException, InterruptedException {
    Metrics metrics = new Metrics(options.version(), options.log()::lineCounts);
    listeners.openInternal(options, metrics.registry(), readiness::reason);
    BuildParts made = maker.make(options, metrics);
    parts = made;
    readiness.ask(made::trouble);
    Tracing traces = trace(options);
    tracing = traces;
    listeners.openGrpc(
        options,
        new GrpcEndpoint.Calls(
            new CallRecorder(metrics.registry()),
            Stream.concat(traces.interceptors().stream(), Stream.of(new Recovery())).toList(),
            List.of(
                new ImageBuilderApi(made.builds(), calls),
                new BuildsApi(made.builds(), made.describe(), calls),
                new HealthApi(readiness::isReady))));
    readiness.set(Readiness.State.READY);
    log.atInfo()
        .addKeyValue("grpc", grpcAddress())
        .addKeyValue("metrics", metricsAddress())
        .addKeyValue("health", healthAddress())
        .addKeyValue("debug", debugAddress())
        .addKeyValue("backend", made.describe())
        .log("service started");
  }

  private static Tracing trace(ProcessOptions options) throws StartException {
    try {
      return Tracing.start(options.environment(), Network.fromEnvironment(options.environment()));
    } catch (NetworkException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private void stopOnSignal() {
    close();
    Runtime.getRuntime().halt(0);
  }

  /** Builds that do not stop in time end with the process. */
  private void stopBuilds(Duration limit) throws InterruptedException {
    if (parts != null && !Thread.ofVirtual().start(parts::close).join(limit)) {
      log.warn("builds did not stop within the grace time");
    }
  }

  private static <T> T opened(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("service has not started");
    }
    return part;
  }
}
