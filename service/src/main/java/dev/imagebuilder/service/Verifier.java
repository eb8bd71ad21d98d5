package dev.imagebuilder.service;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildOutcome.Succeeded;
import dev.imagebuilder.core.BuildOutcome.Unproven;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Reason;
import java.util.Optional;

/** Looks whether a build that says it succeeded left an image (SPEC 3.3, step 16). */
final class Verifier {
  private static final Failed NO_IMAGE =
      Failed.bySystem(
          FailureReason.IMAGE_MISSING_AFTER_BUILD,
          "image build did not produce a workspace image",
          "");

  private final Planner planner;
  private final CredentialsPolicy policy;

  Verifier(Planner planner, CredentialsPolicy policy) {
    this.planner = planner;
    this.policy = policy;
  }

  /** What an end without proof was: a success if the image is there. */
  BuildOutcome verify(String ref, Unproven outcome) throws InterruptedException {
    try {
      var credential = policy.forInstallation(ImageReference.parse(ref).domain());
      return planner
          .find(ref, credential, Attempts.SEVERAL)
          .flatMap(ImageReference::digest)
          .<BuildOutcome>map(Succeeded::new)
          .orElse(outcome.otherwise());
    } catch (CredentialException e) {
      return notChecked(FailureReason.REGISTRY_ERROR, String.valueOf(e.getMessage()));
    } catch (RegistryException e) {
      return notChecked(
          e.reason() == Reason.RATE_LIMITED
              ? FailureReason.REGISTRY_RATE_LIMITED
              : FailureReason.REGISTRY_ERROR,
          Planner.whyNotChecked(e));
    }
  }

  /** The image, if it can be seen to be there. */
  Optional<Succeeded> seen(String ref) throws InterruptedException {
    return verify(ref, new Unproven(NO_IMAGE)) instanceof Succeeded found
        ? Optional.of(found)
        : Optional.empty();
  }

  /** The same for a backend that says that it succeeded. */
  BuildOutcome verify(String ref, Succeeded outcome) throws InterruptedException {
    BuildOutcome found = verify(ref, new Unproven(NO_IMAGE));
    return found instanceof Succeeded ? outcome : found;
  }

  private static Failed notChecked(FailureReason reason, String why) {
    return Failed.bySystem(
        reason, "cannot check if workspace image exists after the build: " + why, "");
  }
}
