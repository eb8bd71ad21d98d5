package dev.imagebuilder.backend.wsmanager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildOrder;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.GitSource;
import dev.imagebuilder.core.GitSource.CloneMode;
import dev.imagebuilder.core.GitSource.Extras;
import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.core.RegistryCredentials;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.proto.contentservice.CloneTargetMode;
import dev.imagebuilder.proto.contentservice.GitAuthMethod;
import dev.imagebuilder.proto.contentservice.GitConfig;
import dev.imagebuilder.proto.contentservice.GitInitializer;
import dev.imagebuilder.proto.wsman.EnvironmentVariable;
import dev.imagebuilder.proto.wsman.StartWorkspaceRequest;
import dev.imagebuilder.proto.wsman.WorkspaceType;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class StartMappingTest {
  private static final String DIGEST = "sha256:" + "a".repeat(64);
  private static final String BASE = "docker.io/library/alpine@" + DIGEST;
  private static final String REF = "reg.example/ws:" + "b".repeat(64);
  private static final String BASE_BY_HASH = "reg.example/base:" + "c".repeat(64);
  private final Map<String, RegistryCredentials.ProxyLogin> logins = new TreeMap<>();
  private final StartMapping mapping =
      new StartMapping(
          new WsManagerOptions(
              "w:1", null, "reg.example/bob:v1", "pull-secret", Patience.defaults()));

  @Test
  @Tag("row-23")
  void row23RequestFieldsAndAnnotations() throws Exception {
    BuildOrder order = order(new BuildSource.Image("alpine"), BASE, REF, "eve");

    StartWorkspaceRequest request = mapping.request(order);

    String id = order.id().toString();
    assertThat(request.getId()).isEqualTo(id);
    assertThat(request.getServicePrefix()).isEqualTo(id);
    assertThat(request.getMetadata().getMetaId()).isEqualTo(id);
    assertThat(request.getMetadata().getOwner()).isEqualTo("eve");
    assertThat(request.getMetadata().getAnnotationsMap())
        .isEqualTo(Map.of("ref", REF, "baseref", BASE, "managed-by", "image-builder"));
    assertThat(request.getType()).isEqualTo(WorkspaceType.IMAGEBUILD);
    var spec = request.getSpec();
    assertThat(spec.getInitializer().hasEmpty()).isTrue();
    assertThat(spec.getTimeout()).isEqualTo("1h0m0s");
    assertThat(spec.getWorkspaceImage()).isEqualTo("reg.example/bob:v1");
    assertThat(spec.getIdeImage().getWebRef()).isEqualTo("reg.example/bob:v1");
    assertThat(spec.getIdeImage().getSupervisorRef()).isEqualTo("reg.example/supervisor:1");
    assertThat(spec.getWorkspaceLocation()).isEqualTo("/workspace");
    assertThat(spec.getClass_()).isEmpty();
    assertThat(spec.getPortsCount() + spec.getSysEnvvarsCount() + spec.getFeatureFlagsCount())
        .isZero();
    assertThat(spec.hasGit()).isFalse();
  }

  @Test
  @Tag("row-24")
  @Tag("row-55")
  void row24VariablesOfAReferenceBuildInOrder() throws Exception {
    var request = mapping.request(order(new BuildSource.Image("alpine"), BASE, REF, "eve"));

    assertThat(
            request.getSpec().getEnvvarsList().stream()
                .map(each -> each.getName() + "=" + each.getValue()))
        .containsExactly(
            "BOB_TARGET_REF=localhost:8080/target:latest",
            "BOB_BASE_REF=localhost:8080/base@" + DIGEST,
            "BOB_BUILD_BASE=false",
            "BOB_DOCKERFILE_PATH=/workspace/Dockerfile",
            "BOB_CONTEXT_DIR=/workspace",
            "GITPOD_TASKS=[{\"name\": \"build\", \"init\": \"sudo -E /app/bob build\"}]",
            "WORKSPACEKIT_RING2_ENCLAVE=/app/bob proxy",
            "WORKSPACEKIT_BOBPROXY_BASEREF=" + BASE,
            "WORKSPACEKIT_BOBPROXY_TARGETREF=" + REF,
            "WORKSPACEKIT_BOBPROXY_AUTH=",
            "WORKSPACEKIT_BOBPROXY_ADDITIONALAUTH={}",
            "SUPERVISOR_DEBUG_ENABLE=false");
  }

  @Test
  @Tag("row-24")
  @Tag("row-55")
  @Tag("row-56")
  void row24VariablesOfADockerfileBuild() throws Exception {
    var source = new BuildSource.Dockerfile(git(GitLogin.NONE, Extras.NONE), "v1", "a/Df", "a");

    var request = mapping.request(order(source, BASE_BY_HASH, REF, "eve"));

    assertThat(value(request, "BOB_BASE_REF")).isEqualTo("localhost:8080/base:latest");
    assertThat(value(request, "BOB_BUILD_BASE")).isEqualTo("true");
    assertThat(value(request, "BOB_DOCKERFILE_PATH")).isEqualTo("/workspace/a/Df");
    assertThat(value(request, "BOB_CONTEXT_DIR")).isEqualTo("/workspace/a");
    assertThat(request.getSpec().getWorkspaceLocation()).isEqualTo("/workspace/a");
  }

  @Test
  @Tag("row-25")
  void row25PullSecretIsAReference() throws Exception {
    var request = mapping.request(order(new BuildSource.Image("alpine"), BASE, REF, "eve"));

    EnvironmentVariable auth =
        request.getSpec().getEnvvarsList().stream()
            .filter(each -> each.getName().equals("WORKSPACEKIT_BOBPROXY_AUTH"))
            .findFirst()
            .orElseThrow();
    assertThat(auth.getValue()).isEmpty();
    assertThat(auth.getSecret().getSecretName()).isEqualTo("pull-secret");
    assertThat(auth.getSecret().getKey()).isEqualTo(".dockerconfigjson");
  }

  @Test
  @Tag("row-70")
  @Tag("row-71")
  void row70And71AdditionalLoginsAreJson() throws Exception {
    logins.put(
        "quay.io",
        new RegistryCredentials.ProxyLogin("u", Secret.of("p"), Secret.of("dTpw"), Secret.of("")));
    logins.put(
        "docker.io",
        new RegistryCredentials.ProxyLogin(
            "user", Secret.of("pass"), Secret.of(""), Secret.of("")));

    var request = mapping.request(order(new BuildSource.Image("alpine"), BASE, REF, "eve"));

    assertThat(value(request, "WORKSPACEKIT_BOBPROXY_ADDITIONALAUTH"))
        .isEqualTo(
            "{\"docker.io\":{\"username\":\"user\",\"password\":\"pass\",\"serveraddress\":"
                + "\"docker.io\"},\"quay.io\":{\"username\":\"u\",\"password\":\"p\",\"auth\":"
                + "\"dTpw\"}}");
  }

  @Test
  @Tag("row-72")
  void row72WorkspaceReferenceThatIsNotCanonicalGivesNoAdditionalLogins() throws Exception {
    var request =
        mapping.request(order(new BuildSource.Image("alpine"), BASE, "registry/ws:1", "eve"));

    assertThat(value(request, "WORKSPACEKIT_BOBPROXY_ADDITIONALAUTH")).isEmpty();
  }

  @Test
  @Tag("row-147")
  void row147GitInitializerAlwaysHasAConfig() throws Exception {
    GitInitializer open = initializer(git(GitLogin.NONE, Extras.NONE));

    assertThat(open.hasConfig()).isTrue();
    assertThat(open.getConfig()).isEqualTo(GitConfig.getDefaultInstance());
    assertThat(open.getRemoteUri()).isEqualTo("https://git.example/a.git");
    assertThat(open.getUpstreamRemoteUri()).isEqualTo("https://git.example/up.git");
    assertThat(open.getTargetMode()).isEqualTo(CloneTargetMode.REMOTE_COMMIT);
    assertThat(open.getCloneTaget()).isEqualTo("0123");
    assertThat(open.getCheckoutLocation()).isEqualTo(".");
    assertThat(open.getFullClone()).isTrue();
  }

  @Test
  void gitLoginsAndSettingsAreHandedOn() throws Exception {
    GitConfig basic =
        initializer(
                git(
                    new GitLogin("eve", Secret.of("pw")),
                    new Extras(Map.of("user.name", "Eve"), Secret.of(""))))
            .getConfig();
    GitConfig once =
        initializer(git(GitLogin.NONE, new Extras(Map.of(), Secret.of("https://ots.example/1"))))
            .getConfig();

    assertThat(basic.getAuthentication()).isEqualTo(GitAuthMethod.BASIC_AUTH);
    assertThat(basic.getAuthUser() + ":" + basic.getAuthPassword()).isEqualTo("eve:pw");
    assertThat(basic.getCustomConfigMap()).isEqualTo(Map.of("user.name", "Eve"));
    assertThat(once.getAuthentication()).isEqualTo(GitAuthMethod.BASIC_AUTH_OTS);
    assertThat(once.getAuthOts()).isEqualTo("https://ots.example/1");
  }

  private GitInitializer initializer(GitSource git) throws Exception {
    var source = new BuildSource.Dockerfile(git, "v1", "Dockerfile", ".");
    return mapping
        .request(order(source, BASE_BY_HASH, REF, "eve"))
        .getSpec()
        .getInitializer()
        .getGit();
  }

  private static GitSource git(GitLogin login, Extras extras) {
    return new GitSource(
        "https://git.example/a.git",
        "https://git.example/up.git",
        CloneMode.REMOTE_COMMIT,
        "0123",
        ".",
        true,
        login,
        extras);
  }

  private static String value(StartWorkspaceRequest request, String name) {
    return request.getSpec().getEnvvarsList().stream()
        .filter(each -> each.getName().equals(name))
        .map(EnvironmentVariable::getValue)
        .findFirst()
        .orElseThrow();
  }

  private BuildOrder order(BuildSource source, String baseRef, String ref, String owner) {
    return new BuildOrder(
        BuildId.random(),
        owner,
        source,
        baseRef,
        ref,
        "reg.example/supervisor:1",
        Force.IF_MISSING,
        new Logins());
  }

  /** Has the test's logins. */
  private final class Logins implements RegistryCredentials {
    @Override
    public Credential forPull(Repository repository) {
      return Credential.anonymous();
    }

    @Override
    public Credential forPush(Repository repository) {
      return Credential.anonymous();
    }

    @Override
    public Map<String, ProxyLogin> forProxy() {
      return logins;
    }
  }
}
