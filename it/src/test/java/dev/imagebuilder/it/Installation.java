package dev.imagebuilder.it;

import static dev.imagebuilder.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.proto.builder.ImageBuilderGrpc;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.Ports;
import dev.imagebuilder.testing.TemporaryFolder;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** A running service with the local backend, configured as an operator would, and its registry. */
final class Installation implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final TemporaryFolder folder = TemporaryFolder.named("installation");
  private final DebianRegistry registry;
  private final int grpcPort = Ports.free();
  private final int metricsPort = Ports.free();
  private final int healthPort = Ports.free();
  private final Map<String, String> environment;
  private Process process;
  private final ManagedChannel channel;

  private Installation(
      DebianRegistry registry,
      String engine,
      Map<String, Object> orchestrator,
      Map<String, String> environment)
      throws IOException {
    this.registry = registry;
    this.environment = environment;
    Files.createDirectories(home());
    writeConfiguration(engine, orchestrator);
    this.process = startProcess();
    this.channel = NettyChannelBuilder.forAddress("localhost", grpcPort).usePlaintext().build();
  }

  /** Starts a registry that wants a password, and the service that has it. */
  static Installation start() throws IOException {
    return startWith(Map.of());
  }

  /** The same with more keys under {@code orchestrator}. */
  static Installation startWith(Map<String, Object> orchestrator) throws IOException {
    return new Installation(
        DebianRegistry.start(DebianRegistry.Feature.PASSWORD), "buildah", orchestrator, Map.of());
  }

  /** The same with another engine, as the configuration names it. */
  static Installation startWithEngine(String engine) throws IOException {
    return new Installation(
        DebianRegistry.start(DebianRegistry.Feature.PASSWORD), engine, Map.of(), Map.of());
  }

  /** The same with a Docker Engine, found as Docker's own programs find it. */
  static Installation startWithDocker(Path socket) throws IOException {
    return new Installation(
        DebianRegistry.start(DebianRegistry.Feature.PASSWORD),
        "docker",
        Map.of(),
        Map.of("DOCKER_HOST", "unix://" + socket));
  }

  /**
   * The same with all that may differ.
   *
   * @param orchestrator keys under {@code orchestrator}; those under its {@code local} are added
   * @param environment of the service, besides this process's
   */
  static Installation startWith(
      String engine, Map<String, Object> orchestrator, Map<String, String> environment)
      throws IOException {
    return new Installation(
        DebianRegistry.start(DebianRegistry.Feature.PASSWORD), engine, orchestrator, environment);
  }

  DebianRegistry registry() {
    return registry;
  }

  /** {@code localhost:port} of the gRPC service. */
  String host() {
    return "localhost:" + grpcPort;
  }

  ImageBuilderGrpc.ImageBuilderBlockingStub api() {
    return ImageBuilderGrpc.newBlockingStub(channel).withDeadlineAfter(3, TimeUnit.MINUTES);
  }

  Process process() {
    return process;
  }

  /** Starts the service again after its process has ended. */
  void startAgain() throws IOException {
    process = startProcess();
  }

  /** The home of whoever uses the client commands. */
  Path home() {
    return folder.path().resolve("home");
  }

  Path dataFolder() {
    return folder.path().resolve("data");
  }

  Path workFolder() {
    return folder.path().resolve("work");
  }

  /** What is in a folder of the working folder; nothing if that is not there. */
  List<Path> folders(String name) throws IOException {
    Path parent = workFolder().resolve(name);
    if (!Files.exists(parent)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(parent)) {
      return entries.toList();
    }
  }

  /** What the service has logged. */
  String log() throws IOException {
    return Files.readString(folder.path().resolve("service.log"));
  }

  /** Runs a client command against the service. */
  Program.Result client(String... args) throws IOException, InterruptedException {
    String[] line =
        Stream.concat(Stream.of(args), Stream.of("--host", host())).toArray(String[]::new);
    return Program.run(home(), Duration.ofMinutes(3), line);
  }

  /** Starts a client command; both of its outputs go into the file. */
  Process startClient(Path output, String... args) throws IOException {
    String[] line =
        Stream.concat(Stream.of(args), Stream.of("--host", host())).toArray(String[]::new);
    return Program.command(home(), line)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.to(output.toFile()))
        .start();
  }

  /** The text of the metrics page. */
  String metrics() throws IOException, InterruptedException {
    return get("http://127.0.0.1:" + metricsPort + "/metrics").body();
  }

  /** The status of the readiness page. */
  int readiness() throws IOException, InterruptedException {
    return get("http://127.0.0.1:" + healthPort + "/ready").statusCode();
  }

  @Override
  public void close() throws IOException {
    channel.shutdownNow();
    process.destroy();
    try {
      if (!process.waitFor(40, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError("the service did not stop within 40 s\n" + log());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      registry.close();
      folder.close();
    }
  }

  private Process startProcess() throws IOException {
    ProcessBuilder program = Program.command(home(), "run", "--config", configuration().toString());
    program.environment().putAll(environment);
    Process started =
        program
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.path().resolve("service.log").toFile()))
            .start();
    eventually(
        START_LIMIT,
        () -> {
          assertThat(started.isAlive()).as("service runs:\n" + log()).isTrue();
          assertThat(readinessOrNone()).isEqualTo(200);
        });
    return started;
  }

  private int readinessOrNone() throws InterruptedException {
    try {
      return readiness();
    } catch (IOException _) {
      return 0; // does not listen yet
    }
  }

  private static HttpResponse<String> get(String url) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private Path configuration() {
    return folder.path().resolve("config.json");
  }

  private void writeConfiguration(String engine, Map<String, Object> more) throws IOException {
    Path pullSecret = folder.path().resolve("pull-secret.json");
    String login = DebianRegistry.USER + ":" + DebianRegistry.PASSWORD;
    String auth = Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    JsonMapper json = new JsonMapper();
    Files.writeString(
        pullSecret,
        json.writeValueAsString(Map.of("auths", Map.of(registry.domain(), Map.of("auth", auth)))));
    Map<String, Object> orchestrator = new LinkedHashMap<>();
    orchestrator.put("backend", "local");
    orchestrator.put("baseImageRepository", registry.domain() + "/base-images");
    orchestrator.put("workspaceImageRepository", registry.domain() + "/workspace-images");
    orchestrator.put("pullSecretFile", pullSecret.toString());
    Map<String, Object> local = new LinkedHashMap<>();
    local.put("engine", engine);
    local.put("workDir", workFolder().toString());
    // The tests' Docker Engine has none either: it leaves this machine's network alone.
    if (engine.equals("docker")) {
      local.put("network", "none");
    }
    if (more.get("local") instanceof Map<?, ?> settings) {
      settings.forEach((key, value) -> local.put(String.valueOf(key), value));
    }
    orchestrator.putAll(more);
    orchestrator.put("local", local);
    Map<String, Object> services =
        Map.of(
            "grpc", address(grpcPort),
            "metrics", address(metricsPort),
            "health", address(healthPort),
            "debug", address(0));
    Files.writeString(
        configuration(),
        json.writeValueAsString(
            Map.of(
                "orchestrator", orchestrator,
                "dataDir", dataFolder().toString(),
                "server", Map.of("services", services))));
  }

  private static Map<String, String> address(int port) {
    return Map.of("address", "127.0.0.1:" + port);
  }

  /** The processes of this machine whose command line has the word. */
  static List<String> processesNaming(String word) {
    return ProcessHandle.allProcesses()
        .map(handle -> handle.pid() + " " + commandLine(handle.pid()))
        .filter(line -> line.contains(word))
        .toList();
  }

  private static String commandLine(long pid) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline")).replace('\0', ' ');
    } catch (IOException _) {
      return ""; // has ended
    }
  }
}
