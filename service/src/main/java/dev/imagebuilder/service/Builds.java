package dev.imagebuilder.service;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildRequest;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.RegistryAuth;
import java.util.List;
import java.util.Optional;

/** The face of the build service: what the APIs above it call. */
public interface Builds {

  /**
   * Resolves a base image to its digest form (SPEC 3.1).
   *
   * @return {@code domain/path@digest}
   */
  String resolveBaseImage(String reference, RegistryAuth auth, Attempts attempts)
      throws RequestFault, InterruptedException;

  /** Says where a source's workspace image is, and whether it is there (SPEC 3.2). */
  Workspace resolveWorkspaceImage(BuildSource source, RegistryAuth auth, Attempts attempts)
      throws RequestFault, InterruptedException;

  /**
   * Finds the workspace image of a request, or joins or starts the build that makes it (SPEC 3.3).
   * Interrupting the caller after the return does nothing to the build.
   */
  Ticket build(BuildRequest request) throws RequestFault, InterruptedException;

  /** A build that runs, or has ended and is still kept. */
  Optional<Build> find(BuildId id);

  /** The newest build of a workspace reference: a running one before any that has ended. */
  Optional<Build> findByWorkspaceRef(String workspaceRef);

  /** All builds that have not ended, oldest first. */
  List<Build> running();

  /** Builds that have ended and are still kept, newest first. */
  List<Build> ended();

  /** A workspace image's place and state. */
  record Workspace(String ref, String baseRef, State state) {

    /** What is known of the image. */
    public enum State {
      /** In the registry. */
      PRESENT,
      /** Being built. */
      BUILDING,
      /** Neither. */
      ABSENT
    }
  }

  /** What became of a request. */
  sealed interface Ticket {

    /** The image is there; nothing to build. */
    record Present(String ref, String baseRef) implements Ticket {}

    /**
     * This build makes it; it may have been started by an earlier request. If that was made with
     * other credentials and fails because of them, the handle goes on to the next build, made with
     * this request's own or another waiter's, which has an id and a log of its own; the failure is
     * not seen.
     */
    record Building(Build build) implements Ticket {}
  }
}
