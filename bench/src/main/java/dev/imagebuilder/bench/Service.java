package dev.imagebuilder.bench;

import dev.imagebuilder.proto.builder.BuildRegistryAuth;
import dev.imagebuilder.proto.builder.BuildRegistryAuthTotal;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.builder.BuildSourceReference;
import dev.imagebuilder.proto.builder.BuildStatus;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc;
import dev.imagebuilder.proto.builder.ListBuildsRequest;
import dev.imagebuilder.testing.Ports;
import dev.imagebuilder.testing.TemporaryFolder;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** The service as a process, started by the launcher, with one registry. */
final class Service implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  private static final String JAVA_OPTIONS = "IMAGE_BUILDER_JAVA_OPTIONS";

  private final TemporaryFolder folder = TemporaryFolder.named("bench-service");
  private final String javaOptions;
  private final String host;
  private final Process process;
  private final ManagedChannel channel;

  /** From starting the process to the first answer. */
  private final Duration start;

  Service(String registry) throws IOException, InterruptedException {
    this(registry, "\"engine\": \"buildah\"");
  }

  /**
   * Starts one.
   *
   * @param engine members of {@code orchestrator.local}
   */
  Service(String registry, String engine) throws IOException, InterruptedException {
    this(registry, local(engine), "");
  }

  /** Starts one, for clients like itself, with an option for the heap. */
  static Service withHeap(String option, String registry, String engine)
      throws IOException, InterruptedException {
    return new Service(registry, local(engine), option);
  }

  /** Starts one that builds in the workspaces of a ws-manager, {@code host:port}. */
  static Service withWsManager(String registry, String wsManager)
      throws IOException, InterruptedException {
    return new Service(
        registry,
        _ ->
            """
            "wsman": {"address": "%s"}, "builderImage": "bench/bob:1", "pullSecret": "bench"
            """
                .formatted(wsManager),
        "");
  }

  private static UnaryOperator<String> local(String engine) {
    return folder ->
        """
        "backend": "local", "local": {"workDir": "%s/work", %s}
        """
            .formatted(folder, engine);
  }

  private Service(String registry, UnaryOperator<String> backend, String javaOptions)
      throws IOException, InterruptedException {
    int port = Ports.free();
    this.host = "localhost:" + port;
    this.javaOptions = javaOptions;
    Path config = folder.path().resolve("config.json");
    Files.writeString(
        config, configuration(registry, backend.apply(folder.path().toString()), port));
    this.channel = NettyChannelBuilder.forAddress("localhost", port).usePlaintext().build();
    long began = System.nanoTime();
    this.process =
        launcher("run", "--config", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.path().resolve("log").toFile())
            .start();
    awaitFirstAnswer();
    this.start = Duration.ofNanos(System.nanoTime() - began);
  }

  /** A client command that is about to start. */
  ProcessBuilder client(String... command) {
    ProcessBuilder builder = launcher(command);
    builder.command().addAll(List.of("--host", host));
    return builder;
  }

  private ProcessBuilder launcher(String... command) {
    List<String> line = new ArrayList<>(List.of("./image-builder"));
    line.addAll(List.of(command));
    ProcessBuilder builder = new ProcessBuilder(line);
    if (!javaOptions.isEmpty()) {
      builder.environment().put(JAVA_OPTIONS, javaOptions);
    }
    return builder;
  }

  Duration start() {
    return start;
  }

  ManagedChannel channel() {
    return channel;
  }

  ImageBuilderGrpc.ImageBuilderBlockingStub api() {
    return ImageBuilderGrpc.newBlockingStub(channel).withDeadlineAfter(2, TimeUnit.MINUTES);
  }

  static BuildRequest.Builder request(String image) {
    return BuildRequest.newBuilder()
        .setSource(BuildSource.newBuilder().setRef(BuildSourceReference.newBuilder().setRef(image)))
        .setAuth(
            BuildRegistryAuth.newBuilder()
                .setTotal(BuildRegistryAuthTotal.newBuilder().setAllowAll(true)));
  }

  /** Builds, or finds, and returns the last message. */
  BuildResponse build(BuildRequest request) {
    Iterator<BuildResponse> messages = api().build(request);
    BuildResponse last = messages.next();
    while (messages.hasNext()) {
      last = messages.next();
    }
    if (last.getStatus() != BuildStatus.done_success) {
      throw new IllegalStateException("the build failed: " + last.getMessage());
    }
    return last;
  }

  /**
   * What the process has used of processors since its start; says more than time on a busy machine.
   */
  Duration processorTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Resident memory of the process, in MB. */
  long residentMegabytes() throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
      }
    }
    throw new IOException(status + " names no VmRSS");
  }

  @Override
  public void close() throws IOException {
    channel.shutdownNow();
    process.destroy();
    try {
      process.waitFor(40, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    folder.close();
  }

  private void awaitFirstAnswer() throws IOException, InterruptedException {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      try {
        var _ = api().listBuilds(ListBuildsRequest.getDefaultInstance());
        return;
      } catch (StatusRuntimeException e) {
        if (System.nanoTime() > end || !process.isAlive()) {
          String log = Files.readString(folder.path().resolve("log"));
          throw new IOException("the service did not start:\n" + log, e);
        }
      }
      channel.resetConnectBackoff();
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private String configuration(String registry, String backend, int port) throws IOException {
    return """
    {"orchestrator": {"baseImageRepository": "%1$s/base-images",
       "workspaceImageRepository": "%1$s/workspace-images", %6$s},
     "dataDir": "%2$s/data",
     "server": {"services": {"grpc": {"address": "127.0.0.1:%3$d"},
       "metrics": {"address": "127.0.0.1:%4$d"}, "health": {"address": "127.0.0.1:%5$d"},
       "debug": {"address": "127.0.0.1:0"}}}}
    """
        .formatted(registry, folder.path(), port, Ports.free(), Ports.free(), backend);
  }
}
