package dev.imagebuilder.buildkit.session;

import dev.imagebuilder.buildkit.files.FileSource;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.proto.buildkit.control.ControlGrpc.ControlStub;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalServerChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What the daemon may ask of us for one build, from its beginning to its end. */
public final class BuildSession implements AutoCloseable {
  /** The daemon's whole error, with a Dockerfile in it, can come as a header. */
  private static final int MOST_BYTES = 16 << 20;

  private static final Duration FAREWELL = Duration.ofSeconds(3);

  private final String id;
  private final ExecutorService threads;
  private final Server server;
  private final SessionTunnel tunnel;
  private final SessionFaults faults;

  private BuildSession(
      String id,
      ExecutorService threads,
      Server server,
      SessionTunnel tunnel,
      SessionFaults faults) {
    this.id = id;
    this.threads = threads;
    this.server = server;
    this.tunnel = tunnel;
    this.faults = faults;
  }

  /**
   * What there is to ask.
   *
   * @param treeKey under which the daemon keeps the files for the next build: the same only for
   *     files whose times tell whether they changed
   */
  public record Answers(
      FileSource files, RegistryLogins logins, Map<String, Secret> secrets, String treeKey) {
    public Answers {
      secrets = Map.copyOf(secrets);
    }
  }

  /** Opens a session with a daemon; a solve that names it may follow at once. */
  public static BuildSession open(ControlStub control, EventLoopGroup loops, Answers answers)
      throws IOException, InterruptedException {
    String id = UUID.randomUUID().toString().replace("-", "");
    var faults = new SessionFaults();
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    var address = new LocalAddress("session-" + id);
    Server server = null;
    try {
      server = server(address, loops, threads, services(answers, faults, threads)).start();
      var headers = headers(id, answers.treeKey(), server);
      ControlStub stub =
          control.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
      return new BuildSession(
          id, threads, server, SessionTunnel.open(stub, address, loops), faults);
    } catch (IOException | InterruptedException | RuntimeException e) {
      if (server != null) {
        server.shutdownNow();
      }
      threads.shutdownNow();
      throw e;
    }
  }

  /** How the daemon knows it. */
  public String id() {
    return id;
  }

  /** What went wrong on our side. */
  public SessionFaults faults() {
    return faults;
  }

  /** Runs when the session has ended, also when it is closed. */
  public void whenEnded(Runnable action) {
    tunnel.whenEnded(action);
  }

  /** Ends it; what is being answered is cut off. */
  @Override
  public void close() {
    boolean wasInterrupted = Thread.interrupted();
    try {
      tunnel.close(FAREWELL);
      server.shutdownNow();
      server.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      wasInterrupted = true;
      server.shutdownNow();
    } finally {
      threads.shutdownNow();
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static List<ServerServiceDefinition> services(
      Answers answers, SessionFaults faults, ExecutorService threads) {
    var files = new FileSyncService(answers.files(), faults, threads);
    List<BindableService> others =
        List.of(
            new AuthService(answers.logins(), faults),
            new SecretsService(answers.secrets()),
            // Asked every five seconds; two failures end the session.
            new HealthStatusManager().getHealthService());
    return Stream.concat(
            Stream.of(ServerInterceptors.intercept(files, FileSyncService.headers())),
            others.stream().map(BindableService::bindService))
        .toList();
  }

  private static Server server(
      LocalAddress address,
      EventLoopGroup loops,
      ExecutorService threads,
      List<ServerServiceDefinition> services) {
    return NettyServerBuilder.forAddress(address)
        .channelType(LocalServerChannel.class)
        .bossEventLoopGroup(loops)
        .workerEventLoopGroup(loops)
        .executor(threads)
        .maxInboundMessageSize(MOST_BYTES)
        .maxInboundMetadataSize(MOST_BYTES)
        .addServices(services)
        .build();
  }

  private static Metadata headers(String id, String treeKey, Server server) {
    Metadata headers = new Metadata();
    headers.put(key("x-docker-expose-session-uuid"), id);
    headers.put(key("x-docker-expose-session-sharedkey"), treeKey);
    for (ServerServiceDefinition service : server.getServices()) {
      service
          .getMethods()
          .forEach(method ->
              headers.put(
                  key("x-docker-expose-session-grpc-method"),
                  "/" + method.getMethodDescriptor().getFullMethodName()));
    }
    return headers;
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
