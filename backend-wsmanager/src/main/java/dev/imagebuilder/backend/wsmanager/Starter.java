package dev.imagebuilder.backend.wsmanager;

import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.TraceContext;
import dev.imagebuilder.proto.wsman.StartWorkspaceRequest;
import dev.imagebuilder.proto.wsman.StartWorkspaceResponse;
import dev.imagebuilder.proto.wsman.WorkspaceStatus;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts workspaces. Whatever is answered, in the end the workspace is known to be there, or is
 * condemned: it never runs without anybody knowing.
 *
 * @see "SPEC 3.3, step 15; 7.5, points 6 and 7"
 */
final class Starter {
  private static final Logger log = LoggerFactory.getLogger(Starter.class);
  private static final int ATTEMPTS = 10;
  private static final int LOOKS = 3;
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(700);

  private final Link link;
  private final StartGate gate;
  private final Condemned condemned;
  private final Patience patience;

  Starter(Link link, StartGate gate, Condemned condemned, Patience patience) {
    this.link = link;
    this.gate = gate;
    this.condemned = condemned;
    this.patience = patience;
  }

  /** Empty if the workspace is there; else why there is none. */
  Optional<Failed> start(Slot slot, StartWorkspaceRequest request, TraceContext trace)
      throws InterruptedException {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        StartWorkspaceResponse response = tryOnce(request, trace);
        slot.update(slot.now().answered(response.getUrl(), response.getOwnerToken()));
        return Optional.empty();
      } catch (CallException e) {
        switch (afterwards(slot, e)) {
          case THERE -> {
            adopt(slot, e);
            return Optional.empty();
          }
          case REFUSED -> {
            condemned.add(request.getId());
            return Optional.of(refused(e));
          }
          case TRY_AGAIN -> pauseAfter(attempt, slot, e);
        }
      }
    }
    if (look(slot) == Sight.THERE) {
      return Optional.empty();
    }
    condemned.add(request.getId());
    return Optional.of(
        Failed.bySystem(
            FailureReason.BACKEND_UNAVAILABLE,
            "workspace services are currently unavailable",
            "Try again later"));
  }

  private StartWorkspaceResponse tryOnce(StartWorkspaceRequest request, TraceContext trace)
      throws CallException, InterruptedException {
    try (var _ = gate.enter(request.getMetadata().getOwner())) {
      return link.start(request, trace, patience.start());
    }
  }

  private Next afterwards(Slot slot, CallException failure) throws InterruptedException {
    return switch (failure.code()) {
      case ALREADY_EXISTS -> Next.THERE;
      // Nothing reached ws-manager, or its answer was lost; a second start tells which.
      case UNAVAILABLE -> Next.TRY_AGAIN;
      // Said before anything is created.
      case INVALID_ARGUMENT, UNAUTHENTICATED, PERMISSION_DENIED, UNIMPLEMENTED -> Next.REFUSED;
      case DEADLINE_EXCEEDED, CANCELLED -> look(slot) == Sight.THERE ? Next.THERE : Next.TRY_AGAIN;
      default ->
          switch (look(slot)) {
            case THERE -> Next.THERE;
            case ABSENT -> Next.REFUSED;
            case UNKNOWN -> Next.TRY_AGAIN;
          };
    };
  }

  /** Growing waits, as long as nothing is heard of the workspace. */
  private void pauseAfter(int attempt, Slot slot, CallException failure)
      throws InterruptedException {
    log.atDebug()
        .addKeyValue("buildID", slot.build())
        .addKeyValue("attempt", attempt)
        .addKeyValue("cause", failure.getMessage())
        .log("cannot start a build's workspace, trying again");
    var _ = slot.await(Starter::isThere, patience.retryStep().multipliedBy(attempt));
  }

  /** Whether the workspace is there; several times, since it may only just be coming. */
  private Sight look(Slot slot) throws InterruptedException {
    try {
      for (int i = 0; i < LOOKS; i++) {
        if (isThere(slot.now()) || isListed(slot.now().id())) {
          return Sight.THERE;
        }
        if (isThere(slot.await(Starter::isThere, BETWEEN_LOOKS))) {
          return Sight.THERE;
        }
      }
      return Sight.ABSENT;
    } catch (CallException _) {
      return Sight.UNKNOWN;
    }
  }

  private boolean isListed(String id) throws CallException, InterruptedException {
    for (WorkspaceStatus status : link.list()) {
      if (status.getId().equals(id)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isThere(Observed observed) {
    return observed.stage() != Observed.Stage.EXPECTED;
  }

  private static void adopt(Slot slot, CallException failure) {
    slot.confirm();
    log.atInfo()
        .addKeyValue("buildID", slot.build())
        .addKeyValue("answer", failure.getMessage())
        .log("a workspace is there although its start was not confirmed");
  }

  private static Failed refused(CallException failure) {
    return Failed.bySystem(
        FailureReason.BACKEND_REFUSED, "cannot start build: " + failure.quoted(), "");
  }

  /** What a failed start means. */
  private enum Next {
    THERE,
    REFUSED,
    TRY_AGAIN
  }

  /** What a look at the list gave. */
  private enum Sight {
    THERE,
    ABSENT,
    UNKNOWN
  }
}
