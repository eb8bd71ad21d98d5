package dev.imagebuilder.backend.wsmanager;

import dev.imagebuilder.core.BuildOrder;
import dev.imagebuilder.core.BuildPaths;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.GitSource;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.proto.contentservice.CloneTargetMode;
import dev.imagebuilder.proto.contentservice.EmptyInitializer;
import dev.imagebuilder.proto.contentservice.GitAuthMethod;
import dev.imagebuilder.proto.contentservice.GitConfig;
import dev.imagebuilder.proto.contentservice.GitInitializer;
import dev.imagebuilder.proto.contentservice.WorkspaceInitializer;
import dev.imagebuilder.proto.wsman.EnvironmentVariable;
import dev.imagebuilder.proto.wsman.IDEImage;
import dev.imagebuilder.proto.wsman.StartWorkspaceRequest;
import dev.imagebuilder.proto.wsman.StartWorkspaceSpec;
import dev.imagebuilder.proto.wsman.WorkspaceMetadata;
import dev.imagebuilder.proto.wsman.WorkspaceType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the workspace that runs a build: the fields, annotations and variables that mk3 sets, in
 * its order.
 *
 * @see "SPEC 3.3, StartWorkspaceRequest; 4.5; 4.6"
 */
final class StartMapping {
  private static final Logger log = LoggerFactory.getLogger(StartMapping.class);
  private static final String TASKS =
      "[{\"name\": \"build\", \"init\": \"sudo -E /app/bob build\"}]";
  private static final String TIMEOUT = "1h0m0s";

  private final WsManagerOptions options;

  StartMapping(WsManagerOptions options) {
    this.options = options;
  }

  /** The request for a build. */
  StartWorkspaceRequest request(BuildOrder order) throws CredentialException {
    String id = order.id().toString();
    BuildPaths paths = paths(order.source());
    return StartWorkspaceRequest.newBuilder()
        .setId(id)
        .setServicePrefix(id)
        .setMetadata(
            WorkspaceMetadata.newBuilder()
                .setMetaId(id)
                .setOwner(OwnerLabel.of(order.owner()))
                .putAnnotations("ref", order.workspaceRef())
                .putAnnotations("baseref", order.baseRef())
                .putAnnotations(Link.MANAGED_BY, Link.IMAGE_BUILDER))
        .setType(WorkspaceType.IMAGEBUILD)
        .setSpec(
            StartWorkspaceSpec.newBuilder()
                .setInitializer(initializer(order.source()))
                .setTimeout(TIMEOUT)
                .setWorkspaceImage(options.builderImage())
                .setIdeImage(
                    IDEImage.newBuilder()
                        .setWebRef(options.builderImage())
                        .setSupervisorRef(order.supervisorRef()))
                .setWorkspaceLocation(paths.context())
                .addEnvvars(variable("BOB_TARGET_REF", "localhost:8080/target:latest"))
                .addEnvvars(variable("BOB_BASE_REF", baseAlias(order.baseRef())))
                .addEnvvars(variable("BOB_BUILD_BASE", String.valueOf(hasDockerfile(order))))
                .addEnvvars(variable("BOB_DOCKERFILE_PATH", paths.dockerfile()))
                .addEnvvars(variable("BOB_CONTEXT_DIR", paths.context()))
                .addEnvvars(variable("GITPOD_TASKS", TASKS))
                .addEnvvars(variable("WORKSPACEKIT_RING2_ENCLAVE", "/app/bob proxy"))
                .addEnvvars(variable("WORKSPACEKIT_BOBPROXY_BASEREF", order.baseRef()))
                .addEnvvars(variable("WORKSPACEKIT_BOBPROXY_TARGETREF", order.workspaceRef()))
                .addEnvvars(pullSecret())
                .addEnvvars(variable("WORKSPACEKIT_BOBPROXY_ADDITIONALAUTH", additionalAuth(order)))
                .addEnvvars(
                    variable("SUPERVISOR_DEBUG_ENABLE", String.valueOf(log.isDebugEnabled()))))
        .build();
  }

  /** The base image as the workspace may know it: the real repository is bob proxy's secret. */
  static String baseAlias(String baseRef) {
    return "localhost:8080/base"
        + ImageReference.parse(baseRef).digest().map(digest -> "@" + digest).orElse(":latest");
  }

  private static boolean hasDockerfile(BuildOrder order) {
    return order.source() instanceof BuildSource.Dockerfile;
  }

  private static BuildPaths paths(BuildSource source) {
    return source instanceof BuildSource.Dockerfile dockerfile
        ? BuildPaths.map(dockerfile.dockerfilePath(), dockerfile.contextPath())
        : BuildPaths.map("Dockerfile", ".");
  }

  private EnvironmentVariable pullSecret() {
    return EnvironmentVariable.newBuilder()
        .setName("WORKSPACEKIT_BOBPROXY_AUTH")
        .setSecret(
            EnvironmentVariable.SecretKeyRef.newBuilder()
                .setSecretName(options.pullSecret())
                .setKey(".dockerconfigjson"))
        .build();
  }

  /** Empty, as in mk3, for a workspace reference that is not in its normalised form. */
  private static String additionalAuth(BuildOrder order) throws CredentialException {
    return ImageReference.isCanonical(order.workspaceRef())
        ? ProxyLogins.json(order.credentials().forProxy())
        : "";
  }

  private static WorkspaceInitializer initializer(BuildSource source) {
    return switch (source) {
      case BuildSource.Dockerfile(var git, _, _, _, _) ->
          WorkspaceInitializer.newBuilder().setGit(git(git)).build();
      case BuildSource.Image _, BuildSource.Directory _, BuildSource.Unsupported _ ->
          WorkspaceInitializer.newBuilder().setEmpty(EmptyInitializer.getDefaultInstance()).build();
    };
  }

  /** Always with a config: without one ws-manager crashes (SPEC 3.3). */
  private static GitInitializer git(GitSource source) {
    return GitInitializer.newBuilder()
        .setRemoteUri(source.remoteUri())
        .setUpstreamRemoteUri(source.upstreamRemoteUri())
        .setTargetMode(mode(source.mode()))
        .setCloneTaget(source.cloneTarget())
        .setCheckoutLocation(source.checkoutLocation())
        .setFullClone(source.fullClone())
        .setConfig(config(source))
        .build();
  }

  private static GitConfig config(GitSource source) {
    GitConfig.Builder config =
        GitConfig.newBuilder().putAllCustomConfig(source.extras().customConfig());
    if (!source.extras().oneTimeLogin().isEmpty()) {
      return config
          .setAuthentication(GitAuthMethod.BASIC_AUTH_OTS)
          .setAuthOts(source.extras().oneTimeLogin().reveal())
          .build();
    }
    return source
        .login()
        .ifPresent()
        .map(login ->
            config
                .setAuthentication(GitAuthMethod.BASIC_AUTH)
                .setAuthUser(login.user())
                .setAuthPassword(login.password().reveal()))
        .orElse(config)
        .build();
  }

  private static CloneTargetMode mode(GitSource.CloneMode mode) {
    return switch (mode) {
      case REMOTE_HEAD -> CloneTargetMode.REMOTE_HEAD;
      case REMOTE_COMMIT -> CloneTargetMode.REMOTE_COMMIT;
      case REMOTE_BRANCH -> CloneTargetMode.REMOTE_BRANCH;
      case LOCAL_BRANCH -> CloneTargetMode.LOCAL_BRANCH;
    };
  }

  private static EnvironmentVariable variable(String name, String value) {
    return EnvironmentVariable.newBuilder().setName(name).setValue(value).build();
  }
}
