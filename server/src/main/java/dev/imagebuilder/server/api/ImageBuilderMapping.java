package dev.imagebuilder.server.api;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildRequest;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.GitSource;
import dev.imagebuilder.core.GitSource.CloneMode;
import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.core.LogLocation;
import dev.imagebuilder.core.RegistryAuth;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.proto.builder.BuildInfo;
import dev.imagebuilder.proto.builder.BuildRegistryAuth;
import dev.imagebuilder.proto.builder.BuildRegistryAuthSelective;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildSourceDockerfile;
import dev.imagebuilder.proto.builder.BuildStatus;
import dev.imagebuilder.proto.builder.LogInfo;
import dev.imagebuilder.proto.contentservice.GitAuthMethod;
import dev.imagebuilder.proto.contentservice.GitConfig;
import dev.imagebuilder.proto.contentservice.GitInitializer;
import dev.imagebuilder.service.Build.Snapshot;
import dev.imagebuilder.service.Builds;
import dev.imagebuilder.service.Builds.Workspace;
import dev.imagebuilder.service.RequestFault;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Between the messages of {@code builder.ImageBuilder} and the words of core. */
final class ImageBuilderMapping {

  private ImageBuilderMapping() {}

  static BuildRequest request(dev.imagebuilder.proto.builder.BuildRequest request)
      throws RequestFault {
    return new BuildRequest(
        source(request.hasSource(), request.getSource()),
        auth(request.hasAuth(), request.getAuth()),
        request.getForceRebuild() ? BuildRequest.Force.ALWAYS : BuildRequest.Force.IF_MISSING,
        request.getTriggeredBy(),
        request.getSupervisorRef(),
        request.getBaseImageNameResolved(),
        attempts(request.getUseRetryClient()),
        Optional.empty(),
        CallTrace.current());
  }

  static BuildSource source(boolean isPresent, dev.imagebuilder.proto.builder.BuildSource source)
      throws RequestFault {
    if (!isPresent) {
      throw new RequestFault(RequestFault.Kind.INVALID_ARGUMENT, "build source is missing");
    }
    return switch (source.getFromCase()) {
      case REF -> new BuildSource.Image(source.getRef().getRef());
      case FILE -> dockerfile(source.getFile());
      case FROM_NOT_SET -> new BuildSource.Unsupported("invalid base image");
    };
  }

  static RegistryAuth auth(boolean isPresent, BuildRegistryAuth auth) {
    if (!isPresent) {
      return RegistryAuth.NOTHING;
    }
    RegistryAuth.Mode mode =
        switch (auth.getModeCase()) {
          case TOTAL ->
              auth.getTotal().getAllowAll()
                  ? new RegistryAuth.Mode.All()
                  : new RegistryAuth.Mode.Nothing();
          case SELECTIVE -> selective(auth.getSelective());
          case MODE_NOT_SET -> new RegistryAuth.Mode.Nothing();
        };
    Map<String, Secret> additional = new HashMap<>();
    auth.getAdditionalMap().forEach((domain, value) -> additional.put(domain, Secret.of(value)));
    return new RegistryAuth(mode, additional);
  }

  static Attempts attempts(boolean useRetryClient) {
    return useRetryClient ? Attempts.SEVERAL : Attempts.ONE;
  }

  static BuildStatus status(Workspace.State state) {
    return switch (state) {
      case PRESENT -> BuildStatus.done_success;
      case BUILDING -> BuildStatus.running;
      case ABSENT -> BuildStatus.unknown;
    };
  }

  /** The one message for an image that is there: no info, as from mk3 (SPEC 3.3, step 8). */
  static BuildResponse response(Builds.Ticket.Present present) {
    return BuildResponse.newBuilder()
        .setRef(present.ref())
        .setBaseRef(present.baseRef())
        .setStatus(BuildStatus.done_success)
        .build();
  }

  static BuildResponse response(Snapshot snapshot) {
    BuildInfo info = info(snapshot);
    return BuildResponse.newBuilder()
        .setRef(info.getRef())
        .setBaseRef(info.getBaseRef())
        .setStatus(info.getStatus())
        .setMessage(message(snapshot.event()))
        .setInfo(info)
        .build();
  }

  /** The first message of a build that is over already: clients conclude from it that it ran. */
  static BuildResponse runningResponse(Snapshot snapshot) {
    BuildInfo info = info(snapshot).toBuilder().setStatus(BuildStatus.running).build();
    return BuildResponse.newBuilder()
        .setRef(info.getRef())
        .setBaseRef(info.getBaseRef())
        .setStatus(BuildStatus.running)
        .setInfo(info)
        .build();
  }

  /** With log_info only where the log has a URL (SPEC 12, row 146). */
  static BuildInfo info(Snapshot snapshot) {
    BuildInfo.Builder info =
        BuildInfo.newBuilder()
            .setBuildId(snapshot.id().toString())
            .setRef(snapshot.ref())
            .setBaseRef(snapshot.baseRef())
            .setStatus(status(snapshot.event()))
            .setStartedAt(snapshot.startedAt().getEpochSecond());
    LogLocation log = snapshot.log();
    if (log != null) {
      info.setLogInfo(
          LogInfo.newBuilder()
              .setUrl(log.url())
              .putHeaders("x-gitpod-owner-token", log.ownerToken().reveal()));
    }
    return info.build();
  }

  /** What mk3 answers where a build could not even be started (SPEC 3.3, step 15). */
  static Optional<RequestFault> notStarted(Snapshot snapshot) {
    if (!(snapshot.event() instanceof BuildEvent.Finished(BuildOutcome.Failed failed))) {
      return Optional.empty();
    }
    return switch (failed.reason()) {
      case BACKEND_UNAVAILABLE ->
          Optional.of(new RequestFault(RequestFault.Kind.UNAVAILABLE, failed.message()));
      case BACKEND_REFUSED ->
          Optional.of(new RequestFault(RequestFault.Kind.INTERNAL, failed.message()));
      default -> Optional.empty();
    };
  }

  /** Of an image that is missing mk3's sentence alone: its clients know it (SPEC 12, row 32). */
  private static String message(BuildEvent event) {
    return event instanceof BuildEvent.Finished(BuildOutcome.Failed failed)
            && failed.reason() == FailureReason.IMAGE_MISSING_AFTER_BUILD
        ? failed.message()
        : Activities.of(event);
  }

  private static BuildStatus status(BuildEvent event) {
    if (event instanceof BuildEvent.Finished(var outcome)) {
      return outcome instanceof BuildOutcome.Succeeded
          ? BuildStatus.done_success
          : BuildStatus.done_failure;
    }
    return BuildStatus.running;
  }

  private static BuildSource dockerfile(BuildSourceDockerfile file) throws RequestFault {
    if (!file.getSource().hasGit()) {
      return new BuildSource.Unsupported("unsupported context initializer");
    }
    return new BuildSource.Dockerfile(
        git(file.getSource().getGit()),
        file.getDockerfileVersion(),
        file.getDockerfilePath(),
        file.getContextPath());
  }

  private static GitSource git(GitInitializer git) throws RequestFault {
    CloneMode mode =
        switch (git.getTargetMode()) {
          case REMOTE_HEAD -> CloneMode.REMOTE_HEAD;
          case REMOTE_COMMIT -> CloneMode.REMOTE_COMMIT;
          case REMOTE_BRANCH -> CloneMode.REMOTE_BRANCH;
          case LOCAL_BRANCH -> CloneMode.LOCAL_BRANCH;
          case UNRECOGNIZED -> throw invalid("target_mode " + git.getTargetModeValue());
        };
    return new GitSource(
        git.getRemoteUri(),
        git.getUpstreamRemoteUri(),
        mode,
        git.getCloneTaget(),
        git.getCheckoutLocation(),
        git.getFullClone(),
        login(git.getConfig()),
        new GitSource.Extras(git.getConfig().getCustomConfigMap(), oneTimeLogin(git.getConfig())));
  }

  private static GitLogin login(GitConfig config) throws RequestFault {
    return switch (config.getAuthentication()) {
      case NO_AUTH, BASIC_AUTH_OTS -> GitLogin.NONE;
      case BASIC_AUTH -> new GitLogin(config.getAuthUser(), Secret.of(config.getAuthPassword()));
      case UNRECOGNIZED -> throw invalid("git authentication " + config.getAuthenticationValue());
    };
  }

  private static Secret oneTimeLogin(GitConfig config) {
    boolean isMeant = config.getAuthentication() == GitAuthMethod.BASIC_AUTH_OTS;
    return Secret.of(isMeant ? config.getAuthOts() : "");
  }

  private static RequestFault invalid(String what) {
    return new RequestFault(RequestFault.Kind.INVALID_ARGUMENT, "unsupported " + what);
  }

  private static RegistryAuth.Mode selective(BuildRegistryAuthSelective selective) {
    return new RegistryAuth.Mode.Selective(
        selective.getAllowBaserep(), selective.getAllowWorkspacerep(), selective.getAnyOfList());
  }
}
