package dev.imagebuilder.server;

import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.builder.BuildSourceDockerfile;
import dev.imagebuilder.proto.builder.BuildSourceReference;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc.ImageBuilderBlockingStub;
import dev.imagebuilder.proto.contentservice.GitInitializer;
import dev.imagebuilder.proto.contentservice.WorkspaceInitializer;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.Eventually;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.Reply;
import dev.imagebuilder.testing.Request;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import dev.imagebuilder.testing.wsmanager.Program;
import dev.imagebuilder.testing.wsmanager.StandInWorkspace;
import dev.imagebuilder.testing.wsmanager.WsManager;
import io.grpc.ManagedChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The whole service between a registry that answers as it is told and a stand-in for ws-manager.
 * Bases are built into {@code base}, workspaces into {@code ws}, both of that registry.
 */
final class ServiceHouse implements AutoCloseable {
  static final TestImage IMAGE = TestImages.oci("base");
  private static final String LOGIN = base64("robot:installed");

  private final Set<String> present = ConcurrentHashMap.newKeySet();
  private final Map<String, Answer> faults = new ConcurrentHashMap<>();
  private final Set<String> locked = ConcurrentHashMap.newKeySet();
  private final Answer image = Answer.serving(IMAGE);
  private final FakeRegistry registry;
  private final WsManager manager;
  private final ProcessOptions options;
  private final ServiceProcess service;
  private final ManagedChannel channel;

  private ServiceHouse(FakeRegistry registry, WsManager manager, ProcessOptions options)
      throws Exception {
    this.registry = registry;
    this.manager = manager;
    this.options = options;
    this.service = ServiceProcess.start(options);
    this.channel = TestService.connect(service.grpcAddress());
    registry.answer(this::answer);
  }

  /** Opens one that has the registry's password in a file in this folder. */
  static ServiceHouse open(Path folder) throws Exception {
    return open(folder, "1h");
  }

  /** The same with a limit of the time that builds take. */
  static ServiceHouse open(Path folder, String buildTimeout) throws Exception {
    FakeRegistry registry = FakeRegistry.start();
    WsManager manager = WsManager.start(Program.FOREVER);
    Path logins =
        Files.writeString(
            folder.resolve("config.json"),
            "{\"auths\": {\"%s\": {\"auth\": \"%s\"}}}".formatted(registry.domain(), LOGIN));
    String json =
        TestService.config()
            .replace("reg.example", registry.domain())
            .replace(
                "\"backend\": \"local\"",
                """
                "wsman": {"address": "%s"}, "pullSecret": "pull", "pullSecretFile": "%s",
                "builderImage": "reg.example/bob:v1", "buildTimeout": "%s"
                """
                    .formatted(manager.address(), logins, buildTimeout)
                    .strip())
            .replaceFirst(
                "\\{",
                "{\"registries\": {\"%s\": {\"plainHttp\": true}},".formatted(registry.domain()));
    return new ServiceHouse(
        registry, manager, TestService.options(TestService.configuration(json)));
  }

  FakeRegistry registry() {
    return registry;
  }

  WsManager manager() {
    return manager;
  }

  ServiceProcess service() {
    return service;
  }

  ProcessOptions options() {
    return options;
  }

  ImageBuilderBlockingStub client() {
    return ImageBuilderGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  /** A reference to the registry of this name, such as {@code app:1}. */
  String ref(String name) {
    return registry.domain() + "/" + name;
  }

  /** The digest form of any image of this repository. */
  String digestForm(String repository) {
    return ref(repository) + "@" + IMAGE.digest();
  }

  /** The registry has this image from now on. */
  void put(String ref) {
    ImageReference reference = ImageReference.parse(ref);
    present.add(reference.repository().path() + ":" + reference.tag().orElse("latest"));
  }

  /** This repository answers this from now on. */
  void fail(String repository, Answer answer) {
    faults.put(repository, answer);
  }

  /** This repository is from now on for those only who have the installation's password. */
  void lock(String repository) {
    locked.add(repository);
  }

  /** The one workspace that there is, once it is there. */
  StandInWorkspace workspace() {
    Eventually.eventually(Duration.ofSeconds(20), () -> manager.workspaces().size() == 1);
    return manager.workspaces().getFirst();
  }

  /** All that is answered to a request. */
  List<BuildResponse> build(BuildRequest.Builder request) {
    List<BuildResponse> all = new ArrayList<>();
    client().build(request.build()).forEachRemaining(all::add);
    return all;
  }

  /** The first answer to a request; the rest is not waited for. */
  BuildResponse begin(BuildRequest.Builder request) {
    return client().build(request.build()).next();
  }

  static BuildSource reference(String ref) {
    return BuildSource.newBuilder().setRef(BuildSourceReference.newBuilder().setRef(ref)).build();
  }

  static BuildSource dockerfile() {
    return file(
        WorkspaceInitializer.newBuilder()
            .setGit(GitInitializer.newBuilder().setRemoteUri("https://git.example/a.git"))
            .build());
  }

  static BuildSource file(WorkspaceInitializer initializer) {
    return BuildSource.newBuilder()
        .setFile(
            BuildSourceDockerfile.newBuilder()
                .setSource(initializer)
                .setDockerfileVersion("v1")
                .setDockerfilePath("Dockerfile")
                .setContextPath("."))
        .build();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    service.close();
    manager.close();
    registry.close();
  }

  private Reply answer(Request request) throws java.io.IOException, InterruptedException {
    String[] parts = request.path().split("/", -1);
    String repository = parts[2];
    String name = parts[parts.length - 1];
    if (faults.containsKey(repository)) {
      return faults.get(repository).to(request);
    }
    if (locked.contains(repository)
        && !request.header("Authorization").orElse("").equals("Basic " + LOGIN)) {
      return Answer.unauthorized("Basic realm=\"r\"").to(request);
    }
    return name.contains(":") || present.contains(repository + ":" + name)
        ? image.to(request)
        : Reply.error(404, "MANIFEST_UNKNOWN");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
