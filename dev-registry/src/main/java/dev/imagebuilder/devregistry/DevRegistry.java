package dev.imagebuilder.devregistry;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.System.Logger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A small OCI registry that keeps its images in a folder: open to all who reach its address,
 * without authentication and TLS. It serves from {@link #start} until it is closed, and cleans its
 * folder meanwhile. Safe for any thread.
 *
 * @see "OCI distribution-spec v1.1"
 */
public final class DevRegistry implements AutoCloseable {
  private static final Logger LOG = System.getLogger(DevRegistry.class.getName());
  private static final Duration IDLE_LIMIT = Duration.ofMinutes(5);
  private static final Duration IDLE_CHECK = Duration.ofSeconds(30);

  private final DevRegistryOptions options;
  private final Storage storage;
  private final HttpServer http;
  private final PlainFront front;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final InstantSource clock;

  private DevRegistry(DevRegistryOptions options, Storage storage, InstantSource clock)
      throws IOException {
    this.options = options;
    this.storage = storage;
    this.clock = clock;
    this.http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    try {
      this.front = PlainFront.start(options.address(), http.getAddress());
    } catch (IOException e) {
      http.stop(0);
      throw e;
    }
  }

  /**
   * Opens the folder and serves it.
   *
   * @throws IOException if the folder cannot be used, another registry uses it, or the address
   *     cannot be had
   */
  public static DevRegistry start(DevRegistryOptions options) throws IOException {
    return start(options, InstantSource.system());
  }

  static DevRegistry start(DevRegistryOptions options, InstantSource clock) throws IOException {
    Storage storage = Storage.open(options.folder(), clock);
    try {
      DevRegistry registry = new DevRegistry(options, storage, clock);
      registry.serve();
      return registry;
    } catch (IOException e) {
      storage.close();
      throw new IOException("listen on " + options.address() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Cleans a folder that no registry serves.
   *
   * @throws IOException if the folder cannot be read, or a registry uses it
   */
  public static GcReport collectGarbage(DevRegistryOptions options) throws IOException {
    InstantSource clock = InstantSource.system();
    try (Storage storage = Storage.open(options.folder(), clock)) {
      return new Garbage(storage, options.limits(), clock).collect();
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return front.address();
  }

  /** The domain in references to its images: {@code localhost:port}. */
  public String domain() {
    return "localhost:" + address().getPort();
  }

  /** {@code http://localhost:port}, without a slash at the end. */
  public URI uri() {
    return URI.create("http://" + domain());
  }

  /** Removes what nobody refers to, while it serves. */
  public GcReport collectGarbage() throws IOException {
    return new Garbage(storage, options.limits(), clock).collect();
  }

  /** Stops at once; what clients are sending breaks off and is cleared at the next start. */
  @Override
  public void close() throws IOException {
    front.close();
    http.stop(0);
    threads.shutdownNow();
    threads.close();
    storage.close();
  }

  private void serve() {
    Router router = new Router(storage, options.limits());
    http.setExecutor(threads);
    http.createContext("/", router);
    http.start();
    threads.execute(() -> tend(router));
  }

  private void tend(Router router) {
    Instant cleaned = clock.instant();
    while (!Thread.currentThread().isInterrupted()) {
      try {
        TimeUnit.NANOSECONDS.sleep(IDLE_CHECK.toNanos());
        router.endIdle(IDLE_LIMIT);
        if (clock.instant().isAfter(cleaned.plus(options.limits().cleanEvery()))) {
          cleaned = clock.instant();
          clean();
        }
      } catch (InterruptedException _) {
        return;
      } catch (IOException | RuntimeException e) {
        LOG.log(Logger.Level.ERROR, "cleaning " + options.folder() + " failed", e);
      }
    }
  }

  private void clean() throws IOException, InterruptedException {
    storage.uploads().expire(clock.instant().minus(options.limits().uploadAge()));
    collectGarbage();
  }
}
