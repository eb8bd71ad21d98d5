package dev.imagebuilder.testing.wsmanager;

import dev.imagebuilder.proto.contentservice.WorkspaceInitializer;
import dev.imagebuilder.proto.wsman.StartWorkspaceRequest;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.regex.Pattern;

/**
 * What ws-manager-mk2 refuses, and in which words.
 *
 * @see "SPEC 3.3 and 7.5, point 7"
 */
final class Rules {
  private static final Pattern LABEL_VALUE =
      Pattern.compile("(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?");
  private static final Pattern DNS_NAME = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern ANNOTATION_KEY =
      Pattern.compile("(?:[a-z0-9.-]+/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?");
  private static final int MOST_ANNOTATIONS = 256 * 1024;
  private static final int MOST_SECRETS = 1024 * 1024;

  private Rules() {}

  /** Passes a request that the real one would take. */
  static void check(StartWorkspaceRequest request) throws StatusException {
    WorkspaceInitializer initializer = request.getSpec().getInitializer();
    demand(
        request.hasSpec()
            && request.hasMetadata()
            && request.getSpec().hasIdeImage()
            && (!initializer.hasGit() || initializer.getGit().hasConfig()),
        Status.INTERNAL,
        "runtime error: invalid memory address or nil pointer dereference");
    demand(!request.getId().isBlank(), Status.INVALID_ARGUMENT, "id: cannot be blank.");
    demand(
        !request.getSpec().getWorkspaceImage().isBlank(),
        Status.INVALID_ARGUMENT,
        "workspace_image: cannot be blank.");
    demand(
        !request.getSpec().getWorkspaceLocation().isBlank(),
        Status.INVALID_ARGUMENT,
        "workspace_location: cannot be blank.");
    demand(
        request.getSpec().hasInitializer(),
        Status.INVALID_ARGUMENT,
        "initializer: cannot be blank.");
    demand(
        LABEL_VALUE.matcher(request.getMetadata().getOwner()).matches()
            && initializer.getSpecCase() != WorkspaceInitializer.SpecCase.SPEC_NOT_SET
            && hasGoodAnnotations(request),
        Status.FAILED_PRECONDITION,
        "cannot create workspace");
    demand(DNS_NAME.matcher(request.getId()).matches(), Status.UNKNOWN, "invalid name");
    demand(secretBytes(request) <= MOST_SECRETS, Status.UNKNOWN, "Request entity too large");
  }

  private static boolean hasGoodAnnotations(StartWorkspaceRequest request) {
    int bytes = 0;
    for (var annotation : request.getMetadata().getAnnotationsMap().entrySet()) {
      bytes += annotation.getKey().length() + annotation.getValue().length();
      if (!ANNOTATION_KEY.matcher(annotation.getKey()).matches()) {
        return false;
      }
    }
    return bytes <= MOST_ANNOTATIONS;
  }

  private static long secretBytes(StartWorkspaceRequest request) {
    return request.getSpec().getEnvvarsList().stream()
        .filter(variable -> variable.getName().startsWith("WORKSPACEKIT_"))
        .mapToLong(variable -> variable.getValue().length())
        .sum();
  }

  private static void demand(boolean holds, Status status, String message) throws StatusException {
    if (!holds) {
      throw status.withDescription(message).asException();
    }
  }
}
