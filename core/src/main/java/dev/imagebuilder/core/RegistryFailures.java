package dev.imagebuilder.core;

import dev.imagebuilder.core.BuildOutcome.Blame;
import dev.imagebuilder.core.BuildOutcome.Failed;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Turns what a registry did into the end of a build: the reason, whose fault, what to do next. */
public final class RegistryFailures {

  private RegistryFailures() {}

  /** What the build wanted of the registry; decides whose fault a refusal is. */
  public enum Use {
    /** An image that the build's owner named. */
    PULL,
    /** The installation's own repositories. */
    PUSH
  }

  /** The end of a build whose registry failed. */
  public static Failed of(RegistryException e, Use use) {
    String what = String.valueOf(e.getMessage());
    String host = e.exchange().host();
    return switch (e.reason()) {
      case UNAUTHORIZED, DENIED ->
          failed(
              FailureReason.REGISTRY_DENIED,
              use,
              what,
              use == Use.PULL
                  ? "Check that the image's name is right and that you may read it; private images"
                      + " need a login for "
                      + host
                  : "Check the installation's credentials for " + host);
      case NAME_UNKNOWN, MANIFEST_UNKNOWN ->
          use == Use.PULL
              ? Failed.byUser(
                  FailureReason.BASE_IMAGE_MISSING, what, "Check the image's name and tag")
              : Failed.bySystem(
                  FailureReason.REGISTRY_ERROR, what, "Check that the repository exists");
      case NO_PLATFORM ->
          failed(
              FailureReason.BASE_IMAGE_MISSING,
              use,
              what,
              "Use an image that is made for this platform");
      case RATE_LIMITED ->
          Failed.bySystem(
              FailureReason.REGISTRY_RATE_LIMITED,
              what,
              host + " limits how often images are read; " + tryAgain(e.exchange().retryAfter()));
      case BLOB_UNKNOWN, DIGEST_MISMATCH, INVALID_ANSWER ->
          Failed.bySystem(
              FailureReason.REGISTRY_ERROR,
              what,
              "The content at " + host + " is damaged or its registry is at fault");
      case TRANSPORT ->
          failed(
              FailureReason.REGISTRY_ERROR,
              use,
              what,
              "Check the name of the registry, and that this machine can reach " + host);
      case OTHER ->
          Failed.bySystem(FailureReason.REGISTRY_ERROR, what, "Look into the log of " + host);
    };
  }

  /** The end of a build whose credentials could not be looked up. */
  public static Failed of(CredentialException e) {
    return Failed.bySystem(
        FailureReason.REGISTRY_DENIED,
        String.valueOf(e.getMessage()),
        "Check the installation's Docker configuration and its credential helpers");
  }

  private static Failed failed(FailureReason reason, Use use, String what, String hint) {
    return new Failed(reason, use == Use.PULL ? Blame.USER : Blame.SYSTEM, what, null, hint);
  }

  private static String tryAgain(@Nullable Duration wait) {
    return wait == null || wait.isZero()
        ? "try again in a while, or use a login of your own"
        : "try again in " + Durations.words(wait) + ", or use a login of your own";
  }
}
