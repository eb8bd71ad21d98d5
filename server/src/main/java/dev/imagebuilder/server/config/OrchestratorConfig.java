package dev.imagebuilder.server.config;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is built, where and how.
 *
 * @param pullSecretFile empty if the installation has no registry credentials
 * @param baseImageRepository without tag or digest, as references are to be written
 * @param workspaceImageRepository without tag or digest, as references are to be written
 */
public record OrchestratorConfig(
    @Described(
            "Where builds run: `local` is this machine, `ws-manager` headless Gitpod workspaces."
                + " `ws-manager` is meant if `wsman.address` is set.")
        @Nullable Backend backend,
    @Described("Gitpod's ws-manager, for the backend `ws-manager`.") WsmanConfig wsman,
    @Described("Kubernetes secret that build workspaces get, for the backend `ws-manager`.")
        String pullSecret,
    @Described(
            "Docker configuration file with the installation's registry credentials. Read again"
                + " when it changes. `$TELEPRESENCE_ROOT` is put in front if it is set.")
        String pullSecretFile,
    @Described(
            value = "Repository of the images that Dockerfiles make.",
            presence = Described.Presence.REQUIRED)
        String baseImageRepository,
    @Described(
            value = "Repository of the images that workspaces start from.",
            presence = Described.Presence.REQUIRED)
        String workspaceImageRepository,
    @Described("Image of bob, for the backend `ws-manager`.") String builderImage,
    @Described(
            "Whether tokens for Amazon ECR are fetched with the AWS identity of this process, for"
                + " what `pullSecretFile` does not hold.")
        boolean enableAdditionalECRAuth,
    @Described("Without effect, as in mk3.") String subassemblyBucketName,
    @Described("Without effect, as in mk3.") String subassemblyBucketPrefix,
    @Described("How builds run on this machine.") LocalConfig local,
    @Described("How long a build may run before it is stopped.") Duration buildTimeout,
    @Described("How long a build may wait for its turn before it fails.") Duration queueTimeout,
    @Described("How many builds of one owner may wait; further ones are refused.")
        int maxQueuedPerOwner,
    @Described("Which git repositories may be built from.") GitRulesConfig git,
    @Described("Which Dockerfile frontends may run.") FrontendsConfig frontends,
    @Described("Where layers are kept for other machines.") CacheConfig cache) {

  /** What holds for a group without any key. */
  public static OrchestratorConfig defaults() {
    return new OrchestratorConfig(
        null,
        WsmanConfig.defaults(),
        "",
        "",
        "",
        "",
        "",
        false,
        "",
        "",
        LocalConfig.defaults(),
        Duration.ofHours(1),
        Duration.ofHours(1),
        100,
        GitRulesConfig.defaults(),
        FrontendsConfig.defaults(),
        CacheConfig.defaults());
  }

  /** The backend that is said, or meant by the presence of a ws-manager. */
  public Optional<Backend> backendInForce() {
    if (backend == null && !wsman.address().isEmpty()) {
      return Optional.of(Backend.WS_MANAGER);
    }
    return Optional.ofNullable(backend);
  }

  /** Where builds run. */
  public enum Backend {
    LOCAL,
    WS_MANAGER
  }
}
