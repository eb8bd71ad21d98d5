package dev.imagebuilder.service;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildPaths;
import dev.imagebuilder.core.BuildRequest;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Images;
import dev.imagebuilder.core.Quoted;
import dev.imagebuilder.core.RegistryAuth;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.service.RequestFault.Kind;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what a request needs: which images, by which names, and whether they are there. Steps
 * and messages are those of SPEC 3.1 to 3.3; clients know the messages.
 */
final class Planner {
  private static final Logger log = LoggerFactory.getLogger(Planner.class);
  private final ImageNames names;
  private final CredentialsPolicy policy;
  private final Images images;

  Planner(ImageNames names, CredentialsPolicy policy, Images images) {
    this.names = names;
    this.policy = policy;
    this.images = images;
  }

  /** What became of planning. */
  sealed interface Plan {
    /** The workspace image is there. */
    record Present(String ref, String baseRef) implements Plan {}

    /** It has to be built. */
    record Needed(Job job) implements Plan {}
  }

  /** A source's names, and whether its workspace image is there. */
  record Place(String ref, String baseRef, boolean isThere) {}

  /** The digest form of a base image (SPEC 3.1). */
  String resolve(String reference, RegistryAuth auth, Attempts attempts)
      throws RequestFault, InterruptedException {
    ImageReference image;
    Credential credential;
    try {
      image = parse(reference);
      credential = policy.forRequest(image.domain(), auth);
    } catch (CredentialException e) {
      throw new RequestFault(
          Kind.INVALID_ARGUMENT, "cannt resolve base image ref: " + e.getMessage());
    }
    try {
      return images.resolve(image, credential, attempts).toString();
    } catch (RegistryException e) {
      throw notResolved(e);
    }
  }

  /** Where a source's workspace image is (SPEC 3.2). */
  Place locate(BuildSource source, RegistryAuth auth, Attempts attempts)
      throws RequestFault, InterruptedException {
    String baseRef = baseRef(source, auth, attempts);
    String ref = names.workspaceRef(baseRef);
    Credential credential;
    try {
      credential = policy.forInstallation(parse(ref).domain());
    } catch (CredentialException e) {
      throw internal("cannot get workspace image authentication: " + e.getMessage());
    }
    try {
      return new Place(ref, baseRef, isThere(ref, credential, attempts));
    } catch (RegistryException e) {
      throw internal("cannot resolve workspace image: " + whyNotChecked(e));
    }
  }

  /** What to do for a build request (SPEC 3.3, steps 3 to 8 and 11). */
  Plan plan(BuildRequest request) throws RequestFault, InterruptedException {
    if (request.source() instanceof BuildSource.Directory) {
      return new Plan.Needed(unnamed(request));
    }
    String named = request.resolvedBaseImage();
    boolean fast = !named.isEmpty() && request.force() == Force.IF_MISSING;
    RegistryAuth auth = fast ? allowingBaseRepository(request.auth()) : request.auth();
    Optional<String> resolved = Optional.empty();
    if (fast) {
      String ref = names.workspaceRef(named);
      if (isBuilt(ref, request.attempts(), Optional.of(auth))) {
        return new Plan.Present(ref, named);
      }
      resolved = tryToResolve(named, auth, request.attempts());
    }
    BuildSource source = request.source();
    String baseRef =
        resolved.isPresent() ? resolved.get() : baseRef(source, auth, request.attempts());
    String ref = names.workspaceRef(baseRef);
    if (isBuilt(ref, request.attempts(), Optional.empty()) && request.force() == Force.IF_MISSING) {
      return new Plan.Present(ref, baseRef);
    }
    if (resolved.isPresent() || !(source instanceof BuildSource.Dockerfile dockerfile)) {
      source = new BuildSource.Image(baseRef);
    } else {
      checkPaths(dockerfile);
    }
    return new Plan.Needed(
        new Job(
            source,
            auth,
            request.force(),
            request.triggeredBy(),
            baseRef,
            ref,
            request.supervisorRef(),
            request.timeout(),
            request.trace()));
  }

  /**
   * Looks whether an image is there.
   *
   * @throws RegistryException if the registry did not say
   */
  boolean isThere(String ref, Credential credential, Attempts attempts)
      throws RegistryException, InterruptedException {
    return find(ref, credential, attempts).isPresent();
  }

  /**
   * Looks for an image.
   *
   * @return its digest form; empty if it is not there
   * @throws RegistryException if the registry did not say
   */
  Optional<ImageReference> find(String ref, Credential credential, Attempts attempts)
      throws RegistryException, InterruptedException {
    try {
      return Optional.of(images.resolve(ImageReference.parse(ref), credential, attempts));
    } catch (RegistryException e) {
      if (e.reason().isNotFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Why a look failed, in mk3's words where it has them (SPEC 6.4). */
  static String whyNotChecked(RegistryException e) {
    return e.reason() == Reason.UNAUTHORIZED
        ? "cannot check if image exists: \"not authorized\""
        : String.valueOf(e.getMessage());
  }

  /** A directory's image is named after its content, which nobody knows yet. */
  private Job unnamed(BuildRequest request) {
    return new Job(
        request.source(),
        request.auth(),
        request.force(),
        request.triggeredBy(),
        names.baseRepository(),
        names.workspaceRef("directory " + BuildId.random()),
        request.supervisorRef(),
        request.timeout(),
        request.trace());
  }

  private String baseRef(BuildSource source, RegistryAuth auth, Attempts attempts)
      throws RequestFault, InterruptedException {
    return switch (source) {
      case BuildSource.Image(var reference) -> resolve(reference, auth, attempts);
      case BuildSource.Dockerfile dockerfile -> names.baseRef(dockerfile);
      case BuildSource.Directory _ ->
          throw internal("cannot resolve base image: a directory's has no name before it is built");
      case BuildSource.Unsupported(var why) -> throw internal("cannot resolve base image: " + why);
    };
  }

  /** Looks with the credentials of the request's policy if one is given, else with our own. */
  private boolean isBuilt(String ref, Attempts attempts, Optional<RegistryAuth> policyOf)
      throws RequestFault, InterruptedException {
    Credential credential;
    try {
      String domain = parse(ref).domain();
      credential =
          policyOf.isPresent()
              ? policy.forRequest(domain, policyOf.get())
              : policy.forInstallation(domain);
    } catch (CredentialException e) {
      throw internal(
          "cannot get workspace image authentication: "
              + Quoted.of(String.valueOf(e.getMessage())));
    }
    try {
      return isThere(ref, credential, attempts);
    } catch (RegistryException e) {
      throw internal("cannot check if image is already built: " + Quoted.of(whyNotChecked(e)));
    }
  }

  /** A failure of any kind means that the request's own source is used (SPEC 3.3, step 3f). */
  private Optional<String> tryToResolve(String reference, RegistryAuth auth, Attempts attempts)
      throws InterruptedException {
    try {
      return Optional.of(resolve(reference, auth, attempts));
    } catch (RequestFault e) {
      log.atDebug()
          .addKeyValue("ref", reference)
          .addKeyValue("cause", e.getMessage())
          .log("the base image named by the request cannot be resolved, its source is used");
      return Optional.empty();
    }
  }

  private static RegistryAuth allowingBaseRepository(RegistryAuth auth) {
    return auth.mode() instanceof RegistryAuth.Mode.Selective(_, var workspace, var anyOf)
        ? new RegistryAuth(
            new RegistryAuth.Mode.Selective(true, workspace, anyOf), auth.additional())
        : auth;
  }

  private static void checkPaths(BuildSource.Dockerfile source) throws RequestFault {
    try {
      var _ = BuildPaths.map(source.dockerfilePath(), source.contextPath());
    } catch (IllegalArgumentException e) {
      throw new RequestFault(Kind.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
    }
  }

  /** To mk3, a reference that does not parse is one whose credentials cannot be found (5.3). */
  private static ImageReference parse(String reference) throws CredentialException {
    try {
      return ImageReference.parse(reference);
    } catch (IllegalArgumentException e) {
      throw new CredentialException("cannot parse image ref: " + e.getMessage());
    }
  }

  private static RequestFault notResolved(RegistryException e) {
    if (e.reason().isNotFound()) {
      return new RequestFault(Kind.NOT_FOUND, "cannot resolve image");
    }
    return switch (e.reason()) {
      case UNAUTHORIZED -> new RequestFault(Kind.UNAUTHENTICATED, "cannot resolve image");
      // Says who is limited and when to try again.
      case RATE_LIMITED ->
          new RequestFault(
              Kind.UNAVAILABLE,
              "upstream registry responds with 'too many request': " + e.getMessage());
      default -> internal("cannot resolve image: " + e.getMessage());
    };
  }

  private static RequestFault internal(String message) {
    return new RequestFault(Kind.INTERNAL, message);
  }
}
