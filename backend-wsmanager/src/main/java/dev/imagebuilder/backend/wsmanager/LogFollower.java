package dev.imagebuilder.backend.wsmanager;

import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.LogLocation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the output of one build's workspace on a thread of its own, for as long as it takes: it
 * begins when url and token are known, follows when they change, and connects again when it is cut.
 *
 * @see "SPEC 7.4"
 */
final class LogFollower implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LogFollower.class);
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);

  /** Where the url is never told there is nothing to follow; this is only how often it looks. */
  private static final Duration GLANCE = Duration.ofMinutes(1);

  /** A connection that is silent for so long may be dead: a new one does no harm. */
  private static final Duration SILENCE = Duration.ofMinutes(5);

  /** After so many failures in a running workspace those who read are told. */
  private static final int PATIENT_FAILURES = 10;

  /** The same where nobody says that it runs; ten minutes or so. */
  private static final int VERY_PATIENT_FAILURES = 200;

  private static final Duration LONGEST_DRAIN = Duration.ofSeconds(5);

  /** An interrupted read ends at once; this is for a listener that is writing. */
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);

  private final Slot slot;
  private final BuildListener listener;
  private final LogSources sources;
  private final Delivered delivered = new Delivered();
  private final Thread thread;
  private String terminal = "";
  private int failures;
  private boolean hasSaidSo;
  private boolean hasBegun;
  private boolean hasConnected;
  private volatile boolean isClosed;
  private volatile long lastHeard = System.nanoTime();
  private volatile boolean isAttached;

  /** What all followers share. */
  record LogSources(SupervisorClient supervisors, AligningPlaces places, Duration drain) {}

  LogFollower(Slot slot, BuildListener listener, LogSources sources) {
    this.slot = slot;
    this.listener = listener;
    this.sources = sources;
    this.thread = Thread.ofVirtual().name("log-" + slot.build()).unstarted(this::follow);
  }

  void start() {
    thread.start();
  }

  /** Connects anew if nothing has come for very long. */
  void checkAlive() {
    if (isAttached && System.nanoTime() - lastHeard > SILENCE.toNanos()) {
      lastHeard = System.nanoTime();
      thread.interrupt();
    }
  }

  /** The build is over: waits for the rest of its output as long as some comes. */
  void drain() throws InterruptedException {
    long start = System.nanoTime();
    lastHeard = Math.max(lastHeard, start);
    while (thread.isAlive()
        && System.nanoTime() - lastHeard < sources.drain().toNanos()
        && System.nanoTime() - start < LONGEST_DRAIN.toNanos()) {
      boolean _ = thread.join(sources.drain().dividedBy(4));
    }
  }

  @Override
  public void close() {
    isClosed = true;
    thread.interrupt();
    try {
      boolean _ = thread.join(LONGEST_CLOSE);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow() {
    try {
      while (true) {
        Observed now = slot.await(each -> each.log().isPresent() || each.isOver(), GLANCE);
        Optional<LogLocation> at = now.log();
        if ((at.isPresent() && attach(at.get())) || now.isOver()) {
          return;
        }
        if (at.isPresent()) {
          pause(now);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.atError().addKeyValue("buildID", slot.build()).setCause(e).log("log follower hit a bug");
    }
  }

  /** True if the output has come to its end. */
  private boolean attach(LogLocation at) throws InterruptedException {
    try {
      String name = sources.supervisors().terminal(at);
      if (name.isEmpty()) {
        fail("its task has no terminal yet");
        return false;
      }
      if (!name.equals(terminal)) {
        terminal = name;
        delivered.reset();
      }
      return listen(at);
    } catch (IOException e) {
      // A thread that is interrupted while it reads gets an IOException and its flag.
      if (Thread.interrupted() && isClosed) {
        throw new InterruptedException();
      }
      fail(String.valueOf(e.getMessage()));
      return false;
    }
  }

  private boolean listen(LogLocation at) throws IOException, InterruptedException {
    if (!hasBegun) {
      print("Connecting to log output ...\n");
      hasBegun = true;
    }
    long before = delivered.total();
    Replay replay = new Replay(delivered, this::pass, this::tellGap);
    try (var place = sources.places().take(replay);
        InputStream stream = sources.supervisors().listen(at, terminal)) {
      if (!hasConnected) {
        print("Connected to log output ...\n");
        hasConnected = true;
      }
      isAttached = true;
      if (TerminalStream.read(stream, place.until(replay)) == TerminalStream.End.CUT) {
        return false;
      }
      replay.finish();
      return true;
    } finally {
      isAttached = false;
      if (delivered.total() > before) {
        failures = 0;
      }
    }
  }

  private void pass(byte[] output) {
    lastHeard = System.nanoTime();
    listener.log(output);
  }

  private void tellGap() {
    listener.line(
        "[some output is missing here: the connection to the build's workspace was cut for longer"
            + " than it keeps its output]");
  }

  private void print(String notice) {
    listener.log(notice.getBytes(StandardCharsets.UTF_8));
  }

  private void fail(String why) {
    failures++;
    boolean isRunning = slot.now().stage() == Observed.Stage.RUNNING;
    log.atDebug()
        .addKeyValue("buildID", slot.build())
        .addKeyValue("cause", why)
        .log("cannot follow the build's output, trying again");
    if (!hasSaidSo && failures >= (isRunning ? PATIENT_FAILURES : VERY_PATIENT_FAILURES)) {
      hasSaidSo = true;
      print(
          "Build log listener failed. The image build is still running, but you won't see any log"
              + " output.");
      log.atWarn()
          .addKeyValue("buildID", slot.build())
          .addKeyValue("cause", why)
          .log("cannot follow a build's output, trying on");
    }
  }

  /** Something new about the workspace ends the pause. */
  private void pause(Observed seen) throws InterruptedException {
    long millis = SHORTEST_PAUSE.toMillis() << Math.min(failures, 5);
    Duration pause = Duration.ofMillis(Math.min(millis, LONGEST_PAUSE.toMillis()));
    if (slot.awaitChange(seen, pause).isOver()) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
