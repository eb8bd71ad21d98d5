package dev.imagebuilder.testing.wsmanager;

import dev.imagebuilder.proto.wsman.StartWorkspaceRequest;
import dev.imagebuilder.proto.wsman.WorkspaceStatus;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for Gitpod's ws-manager-mk2 on a free port of loopback: its rules, its updates with
 * their gaps, its buffers, and the supervisors in its workspaces; each workspace runs a program of
 * the test's. Misbehaves when told to.
 *
 * @see "SPEC 3.3, 7.5, 2.4"
 */
public final class WsManager implements AutoCloseable {
  private static final int BATCH = 100;

  private final Faults faults;
  private final Supervisors supervisors;
  private final Cluster cluster;
  private final @Nullable Tls tls;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private @Nullable Server server;
  private int port;

  private WsManager(Faults faults, Supervisors supervisors, Program program, @Nullable Tls tls) {
    this.faults = faults;
    this.supervisors = supervisors;
    this.cluster = new Cluster(supervisors.url(), Pace.fast(), program);
    this.tls = tls;
  }

  /**
   * Its own certificate and whose certificates it takes, all in PEM.
   *
   * @param authority signs the clients' certificates
   */
  public record Tls(Path authority, Path certificate, Path key) {}

  /** Starts one that speaks plaintext and whose workspaces run this. */
  public static WsManager start(Program program) throws IOException {
    return open(program, null);
  }

  /** Starts one that wants certificates of its clients. */
  public static WsManager start(Program program, Tls tls) throws IOException {
    return open(program, tls);
  }

  /** {@code 127.0.0.1:port} of its API. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** What it does wrong, and what it was asked. */
  public Faults faults() {
    return faults;
  }

  /** How later workspaces live. */
  public void pace(Pace pace) {
    cluster.pace(pace);
  }

  /** What later workspaces run. */
  public void program(Program program) {
    cluster.program(program);
  }

  /**
   * Makes it slow: workspaces get their urls one after the other, and StartWorkspace gives up
   * before they do.
   *
   * @param each how long one url takes
   * @param patience how long StartWorkspace waits for it; the real one's is 30 s
   */
  public void slow(Duration each, Duration patience) {
    cluster.slow(each, patience);
  }

  /** How many bytes of output supervisors put into one element; 4096 unless told. */
  public void chunk(int bytes) {
    supervisors.chunk(bytes);
  }

  /** The workspaces that are not removed yet. */
  public List<StandInWorkspace> workspaces() {
    return cluster.workspaces();
  }

  /** The workspace of an id, until it is removed. */
  public Optional<StandInWorkspace> find(String id) {
    return cluster.find(id);
  }

  /** How many subscribe now. */
  public int subscribers() {
    return cluster.subscribers();
  }

  /** Carries out a start of which everybody thought that it had failed. */
  public void startLate(StartWorkspaceRequest request) throws StatusException {
    var _ = cluster.create(request);
  }

  /** Forgets a workspace without a word; it runs on. */
  public void forget(StandInWorkspace workspace) {
    cluster.remove(workspace);
  }

  /** Ends all subscriptions with a status; new ones are taken. */
  public void endSubscriptions(Status status) {
    cluster.endSubscriptions(status);
  }

  /**
   * Tells of unimportant changes, all workspaces in turn. Every hundred of them it gives those who
   * subscribe a tenth of a second at most to keep up: less than a buffer is in the air unless they
   * are slow.
   */
  public void flood(int updates) throws InterruptedException {
    List<StandInWorkspace> all = workspaces();
    for (int i = 0; i < updates; i++) {
      if (i % BATCH == 0) {
        cluster.awaitTaken(Duration.ofMillis(100));
      }
      all.get(i % all.size()).touch();
    }
  }

  /** Sends any status to all whose filter it passes. */
  public void tell(WorkspaceStatus status) {
    cluster.tell(status);
  }

  /** Breaks the connections to all terminals. */
  public void dropTerminals() {
    workspaces().forEach(workspace -> workspace.terminal().dropReaders());
  }

  /** Ends its API at once; workspaces and supervisors live on. */
  public void goAway() throws InterruptedException {
    Server running = server;
    if (running != null) {
      running.shutdownNow();
      boolean _ = running.awaitTermination(10, TimeUnit.SECONDS);
    }
    server = null;
  }

  /** Serves its API again, where it did before. */
  public void comeBack() throws IOException {
    server = listen(port);
  }

  @Override
  public void close() {
    faults.release();
    cluster.endAll();
    try {
      goAway();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    supervisors.close();
    threads.shutdownNow();
  }

  private static WsManager open(Program program, @Nullable Tls tls) throws IOException {
    Faults faults = new Faults();
    Supervisors supervisors = Supervisors.start(faults);
    WsManager manager = new WsManager(faults, supervisors, program, tls);
    supervisors.serve(manager.cluster::find);
    Server server = manager.listen(0);
    manager.server = server;
    manager.port = server.getPort();
    return manager;
  }

  private Server listen(int at) throws IOException {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(loopback, at))
            .executor(threads)
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .intercept(new TraceHeaders(faults))
            .addService(new WsManagerApi(cluster, faults));
    if (tls != null) {
      builder.sslContext(
          GrpcSslContexts.configure(
                  SslContextBuilder.forServer(tls.certificate().toFile(), tls.key().toFile()))
              .trustManager(tls.authority().toFile())
              .clientAuth(ClientAuth.REQUIRE)
              .protocols("TLSv1.2")
              .build());
    }
    return builder.build().start();
  }
}
