package dev.imagebuilder.it;

/** Pushes that a registry refuses in the middle, with Buildah. */
final class RefusedPushBuildahIT extends RefusedPushContract {
  RefusedPushBuildahIT() {
    super("buildah");
  }

  @Override
  boolean isPushedByUs() {
    return true;
  }
}
