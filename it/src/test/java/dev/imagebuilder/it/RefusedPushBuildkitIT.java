package dev.imagebuilder.it;

/** Pushes that a registry refuses in the middle, with a buildkitd of the service's own. */
final class RefusedPushBuildkitIT extends RefusedPushContract {
  RefusedPushBuildkitIT() {
    super("buildkit");
  }
}
