package dev.imagebuilder.service;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Reason;

/** Looks whether a build that says it succeeded left an image (SPEC 3.3, step 16). */
final class Verifier {
  private final Planner planner;
  private final CredentialsPolicy policy;

  Verifier(Planner planner, CredentialsPolicy policy) {
    this.planner = planner;
    this.policy = policy;
  }

  /** The outcome itself if the image is there. */
  BuildOutcome verify(String ref, BuildOutcome outcome) throws InterruptedException {
    try {
      var credential = policy.forInstallation(ImageReference.parse(ref).domain());
      return planner.isThere(ref, credential, Attempts.SEVERAL)
          ? outcome
          : Failed.bySystem(
              FailureReason.IMAGE_MISSING_AFTER_BUILD,
              "image build did not produce a workspace image",
              "");
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

  private static Failed notChecked(FailureReason reason, String why) {
    return Failed.bySystem(
        reason, "cannot check if workspace image exists after the build: " + why, "");
  }
}
