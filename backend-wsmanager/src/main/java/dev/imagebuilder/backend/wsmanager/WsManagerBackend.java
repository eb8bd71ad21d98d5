package dev.imagebuilder.backend.wsmanager;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildOrder;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.DockerfileWishes;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.FoundBuild;
import dev.imagebuilder.core.LogLocation;
import dev.imagebuilder.core.SharedBackend;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.net.NetworkException;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs each build in a headless workspace that ws-manager starts, and follows the builds that other
 * processes like this one have started there.
 */
public final class WsManagerBackend implements SharedBackend, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WsManagerBackend.class);
  private static final int MOST_MESSAGE = 16 * 1024 * 1024;

  /** Only how often a build looks around; what happens wakes it at once. */
  private static final Duration GLANCE = Duration.ofSeconds(30);

  private final WsManagerOptions options;
  private final Connection connection;

  /**
   * A platform thread: virtual ones wait for each other when a thousand builds end at once. It goes
   * when it is idle; a shut executor would refuse what gRPC tells last.
   */
  private final Executor updates =
      new ThreadPoolExecutor(
          0,
          1,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().daemon().name("wsman-updates").factory());

  private final SupervisorClient supervisors;
  private final StartMapping mapping;
  private final Condemned condemned = new Condemned();
  private final Board board = new Board(condemned);
  private final Link link;
  private final Starter starter;
  private final Watch watch;
  private final LogFollower.LogSources logSources;
  private volatile boolean isHandedOver;

  private WsManagerBackend(
      WsManagerOptions options, Connection connection, SupervisorClient supervisors) {
    Patience patience = options.patience();
    this.options = options;
    this.connection = connection;
    this.supervisors = supervisors;
    this.mapping = new StartMapping(options);
    this.link = new Link(connection.channel, updates, patience.call());
    this.starter = new Starter(link, new StartGate(), condemned, patience);
    this.watch = new Watch(link, board, condemned, connection::refresh, patience);
    this.logSources =
        new LogFollower.LogSources(supervisors, new AligningPlaces(), patience.drain());
  }

  /**
   * Prepares the connection; ws-manager need not be there.
   *
   * @throws NetworkException if the certificates cannot be used
   */
  public static WsManagerBackend open(WsManagerOptions options, Network network)
      throws NetworkException, IOException {
    return new WsManagerBackend(options, Connection.open(options), new SupervisorClient(network));
  }

  @Override
  public void share(Sightings sightings) {
    board.share(sightings);
    watch.start();
  }

  @Override
  public BuildOutcome run(BuildOrder order, BuildListener listener) throws InterruptedException {
    Optional<FoundBuild> other =
        order.force() == Force.ALWAYS ? Optional.empty() : board.othersOf(order.workspaceRef());
    if (other.isPresent()) {
      board.giveWay(order.id(), other.get());
      return new BuildOutcome.Canceled("the service: build " + other.get().id() + " is older");
    }
    Slot.Kind kind = order.force() == Force.ALWAYS ? Slot.Kind.FORCED : Slot.Kind.OWN;
    Observed.Names names = new Observed.Names(order.owner(), order.workspaceRef(), order.baseRef());
    Slot slot = board.open(order.id(), kind, Observed.expected(order.id().toString(), names));
    try {
      Optional<Failed> failed = starter.start(slot, mapping.request(order), order.trace());
      return failed.isPresent() ? failed.get() : observe(slot, listener);
    } catch (CredentialException e) {
      return Failed.bySystem(
          FailureReason.REGISTRY_ERROR, "find a credential for the build: " + e.getMessage(), "");
    } catch (InterruptedException e) {
      stopUnlessHandedOver(slot);
      throw e;
    } finally {
      board.close(slot);
    }
  }

  @Override
  public BuildOutcome follow(FoundBuild build, BuildListener listener) throws InterruptedException {
    Observed.Names names = new Observed.Names(build.owner(), build.workspaceRef(), build.baseRef());
    Slot slot =
        board.open(build.id(), Slot.Kind.FOUND, Observed.expected(build.id().toString(), names));
    slot.confirm();
    try {
      return observe(slot, listener);
    } catch (InterruptedException e) {
      stopUnlessHandedOver(slot);
      throw e;
    } finally {
      board.close(slot);
    }
  }

  @Override
  public void handOver() {
    isHandedOver = true;
  }

  @Override
  public Optional<String> refusal(BuildSource source) {
    return switch (source) {
      case BuildSource.Directory _ ->
          Optional.of(
              "a directory cannot be built here: builds run in workspaces, which fetch their source"
                  + " with git. Push it to a repository and build that");
      case BuildSource.Dockerfile dockerfile
          when !dockerfile.wishes().equals(DockerfileWishes.NONE) ->
          Optional.of(
              "target, build arguments, labels, platform, secrets and no-cache are not known to the"
                  + " builder in workspaces. Say them in the Dockerfile");
      case BuildSource.Dockerfile _, BuildSource.Image _, BuildSource.Unsupported _ ->
          Optional.empty();
    };
  }

  @Override
  public String describe() {
    return "ws-manager at " + options.address() + ": headless workspaces";
  }

  @Override
  public Optional<String> trouble() {
    return watch.trouble();
  }

  /** Lets go of all connections. Builds must have ended, or have been handed over. */
  @Override
  public void close() {
    watch.close();
    connection.close();
    supervisors.close();
  }

  private BuildOutcome observe(Slot slot, BuildListener listener) throws InterruptedException {
    try (LogFollower logs = new LogFollower(slot, listener, logSources)) {
      logs.start();
      Observed seen = null;
      Observed now = slot.now();
      while (!now.isOver()) {
        tell(seen, now, listener);
        seen = now;
        now = slot.awaitChange(seen, GLANCE);
        logs.checkAlive();
      }
      logs.drain();
      return Endings.of(slot.now());
    }
  }

  private static void tell(@Nullable Observed before, Observed now, BuildListener listener) {
    if (before == null || before.stage() != now.stage()) {
      listener.event(
          now.stage() == Observed.Stage.RUNNING
              ? new BuildEvent.Building(0, 0, "in its workspace")
              : new BuildEvent.Preparing());
    }
    Optional<LogLocation> at = now.log();
    if (at.isPresent() && (before == null || !at.equals(before.log()))) {
      listener.logAt(at.get());
    }
  }

  /** Asks for the stop until it is taken, here for a while and then in the background. */
  private void stopUnlessHandedOver(Slot slot) throws InterruptedException {
    if (isHandedOver || slot.now().isOver()) {
      return;
    }
    String id = slot.now().id();
    condemned.add(id);
    long end = System.nanoTime() + options.patience().stop().toNanos();
    while (System.nanoTime() < end) {
      try {
        link.stop(id);
        return;
      } catch (CallException e) {
        log.atDebug().addKeyValue("buildID", id).setCause(e).log("cannot stop a workspace");
        TimeUnit.NANOSECONDS.sleep(options.patience().retryStep().toNanos());
      }
    }
    condemned.seen(id);
    watch.look();
    log.atWarn()
        .addKeyValue("buildID", id)
        .log("ws-manager did not take a stop in time, trying on until it does");
  }

  /** The channel, and what it stands on. */
  private record Connection(ManagedChannel channel, EventLoopGroup wire, @Nullable ClientTls tls) {

    static Connection open(WsManagerOptions options) throws NetworkException, IOException {
      Executor callbacks = task -> Thread.startVirtualThread(task);
      // Of its own: answers to a thousand callers must not hold up what ws-manager sends.
      EventLoopGroup wire = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
      NettyChannelBuilder builder =
          NettyChannelBuilder.forTarget(options.address())
              .eventLoopGroup(wire)
              .channelType(NioSocketChannel.class)
              .executor(callbacks)
              .offloadExecutor(callbacks)
              .maxInboundMessageSize(MOST_MESSAGE)
              .keepAliveTime(10, TimeUnit.SECONDS)
              .keepAliveTimeout(5, TimeUnit.SECONDS)
              .keepAliveWithoutCalls(true)
              .disableRetry();
      ClientTls tls = null;
      if (options.tls() == null) {
        builder.usePlaintext();
      } else {
        tls = ClientTls.open(options.tls(), InstantSource.system());
        tls.applyTo(builder);
      }
      return new Connection(builder.build(), wire, tls);
    }

    /** Lets go of the wire. */
    void close() {
      channel.shutdownNow();
      var _ = wire.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    void refresh() {
      if (tls != null) {
        tls.refresh();
      }
    }
  }
}
