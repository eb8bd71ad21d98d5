package dev.imagebuilder.core;

/**
 * All that a backend needs to run one build.
 *
 * @param owner who triggered it; empty if not said
 * @param source a base image in digest form, or a Dockerfile
 * @param baseRef where the base image is, or is to be pushed
 * @param workspaceRef where the workspace image is to be pushed
 * @param supervisorRef image of the supervisor for backends that build in workspaces; may be empty
 */
public record BuildOrder(
    BuildId id,
    String owner,
    BuildSource source,
    String baseRef,
    String workspaceRef,
    String supervisorRef,
    BuildRequest.Force force,
    RegistryCredentials credentials,
    TraceContext trace) {

  /** An order that nobody traces. */
  public BuildOrder(
      BuildId id,
      String owner,
      BuildSource source,
      String baseRef,
      String workspaceRef,
      String supervisorRef,
      BuildRequest.Force force,
      RegistryCredentials credentials) {
    this(
        id,
        owner,
        source,
        baseRef,
        workspaceRef,
        supervisorRef,
        force,
        credentials,
        TraceContext.NONE);
  }
}
