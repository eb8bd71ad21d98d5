package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.imagebuilder.core.EcrHost;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.builder.BuildSourceReference;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc.ImageBuilderBlockingStub;
import dev.imagebuilder.proto.builder.ResolveBaseImageRequest;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.Eventually;
import dev.imagebuilder.testing.FakeAws;
import dev.imagebuilder.testing.FakeProxy;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.Request;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import dev.imagebuilder.testing.wsmanager.Program;
import dev.imagebuilder.testing.wsmanager.WsManager;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole service with ECR switched on, between stand-ins: for AWS by its endpoint setting, for
 * the registry by a proxy that brings everybody there.
 */
final class EcrServiceIT {
  private static final String HOST = "422899872803.dkr.ecr.eu-central-1.amazonaws.com";
  private static final String TOKEN = "AKIASTANDIN.ecr.eu-central-1";
  private static final TestImage IMAGE = TestImages.oci("base");
  private static final Map<String, String> SETTINGS =
      Map.of(
          "aws.accessKeyId", "AKIASTANDIN",
          "aws.secretAccessKey", "s3cret",
          "aws.region", "sa-east-1");

  @TempDir private Path folder;
  private FakeRegistry aws;
  private FakeRegistry ecr;
  private FakeProxy proxy;
  private WsManager manager;

  @BeforeEach
  void start() throws Exception {
    aws = FakeRegistry.answering(FakeAws.tokens());
    ecr = FakeRegistry.answering(knowing("AWS:" + TOKEN));
    proxy = FakeProxy.to(ecr.address().getPort());
    manager = WsManager.start(Program.FOREVER);
    SETTINGS.forEach(System::setProperty);
    System.setProperty("aws.endpointUrl", aws.address().toString());
  }

  @AfterEach
  void stop() throws Exception {
    System.clearProperty("aws.endpointUrl");
    SETTINGS.keySet().forEach(System::clearProperty);
    manager.close();
    proxy.close();
    ecr.close();
    aws.close();
  }

  @Test
  @Tag("row-63")
  @Tag("row-67")
  void aPrivateImageIsResolvedForWhoMayUseNothingElseWithOneToken() throws Exception {
    try (ServiceProcess service = service("")) {
      for (int time = 0; time < 3; time++) {
        assertThat(resolve(service)).isEqualTo(HOST + "/app@" + IMAGE.digest());
      }
    }
    assertThat(aws.requests().stream().map(FakeAws::region)).containsExactly("eu-central-1");
    assertThat(ecr.requests()).allMatch(request -> request.path().startsWith("/v2/app/"));
  }

  @Test
  @Tag("row-65")
  void theFileCountsBeforeEcr() throws Exception {
    ecr.answer(knowing("file:password"));
    Path file =
        Files.writeString(
            folder.resolve("config.json"),
            "{\"auths\":{\"" + HOST + "\":{\"username\":\"file\",\"password\":\"password\"}}}");
    try (ServiceProcess service = service("\"pullSecretFile\": \"" + file + "\",")) {
      assertThat(resolve(service)).isEqualTo(HOST + "/app@" + IMAGE.digest());
    }
    assertThat(aws.requests()).isEmpty();
  }

  @Test
  @Tag("row-64")
  void aTokenThatCannotBeHadSaysWhereAndWhy() throws Exception {
    aws.answer(FakeAws.refusing(400, "AccessDeniedException", "User x is not authorized"));
    try (ServiceProcess service = service("")) {
      StatusRuntimeException refused =
          catchThrowableOfType(StatusRuntimeException.class, () -> resolve(service));

      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(refused.getStatus().getDescription())
          .isEqualTo(
              "cannt resolve base image ref: error with ECR authenticate:"
                  + " ecr:GetAuthorizationToken: 400 AccessDeniedException (User x is not"
                  + " authorized); allow ecr:GetAuthorizationToken to this AWS identity (for "
                  + HOST
                  + ", asked in eu-central-1)");
    }
    assertThat(ecr.requests()).isEmpty();
  }

  @Test
  @Tag("row-71")
  void aWorkspacesProxyGetsTheTokenForItsBaseAndForAllOfEcr() throws Exception {
    try (ServiceProcess service = service("")) {
      call(
          service,
          client ->
              client
                  .build(
                      BuildRequest.newBuilder().setSource(source()).setTriggeredBy("eve").build())
                  .next()
                  .getRef());
      Eventually.eventually(
          Duration.ofSeconds(20), () -> assertThat(manager.workspaces()).hasSize(1));
      JsonNode logins =
          JsonMapper.shared()
              .readTree(
                  manager.workspaces().getFirst().variable("WORKSPACEKIT_BOBPROXY_ADDITIONALAUTH"));

      assertThat(logins.propertyNames()).containsExactly(EcrHost.ANY, HOST);
      assertThat(logins.get(HOST)).isEqualTo(login(TOKEN));
      assertThat(logins.get(EcrHost.ANY)).isEqualTo(login("AKIASTANDIN.ecr.sa-east-1"));
    }
  }

  private static JsonNode login(String token) {
    return JsonMapper.shared()
        .valueToTree(Map.of("username", "AWS", "password", token, "auth", base64("AWS:" + token)));
  }

  private static Answer knowing(String login) {
    String authorization = "Basic " + base64(login);
    Answer images =
        Answer.serving(IMAGE)
            .when(
                request -> isKnown(request, authorization),
                Answer.unauthorized("Basic realm=\"ecr\""));
    return images.when(request -> request.path().startsWith("/v2/app/"), Answer.nothing());
  }

  private static boolean isKnown(Request request, String authorization) {
    return request.header("Authorization").orElse("").equals(authorization);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private String resolve(ServiceProcess service) throws Exception {
    return call(
        service,
        client ->
            client
                .resolveBaseImage(
                    ResolveBaseImageRequest.newBuilder().setRef(HOST + "/app:1").build())
                .getRef());
  }

  private static BuildSource source() {
    return BuildSource.newBuilder()
        .setRef(BuildSourceReference.newBuilder().setRef(HOST + "/app:1"))
        .build();
  }

  private static String call(ServiceProcess service, Call call) throws Exception {
    ManagedChannel channel = TestService.connect(service.grpcAddress());
    try {
      return call.of(
          ImageBuilderGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS));
    } finally {
      channel.shutdownNow();
    }
  }

  private ServiceProcess service(String more) throws Exception {
    List<String> plain = List.of(HOST, "reg.example");
    String registries =
        String.join(
            ",", plain.stream().map(host -> "\"" + host + "\": {\"plainHttp\": true}").toList());
    String json =
        TestService.config()
            .replace(
                "\"backend\": \"local\"",
                more
                    + "\"enableAdditionalECRAuth\": true, \"wsman\": {\"address\": \""
                    + manager.address()
                    + "\"}, \"pullSecret\": \"pull\", \"builderImage\": \"reg.example/bob:v1\"")
            .replaceFirst("\\{", "{\"registries\": {" + registries + "},");
    ProcessOptions options = TestService.options(TestService.configuration(json));
    return ServiceProcess.start(
        new ProcessOptions(
            options.configuration(),
            "v0",
            Map.of("HTTP_PROXY", "http://" + proxy.address()),
            options.log()));
  }

  @FunctionalInterface
  private interface Call {
    String of(ImageBuilderBlockingStub client) throws Exception;
  }
}
