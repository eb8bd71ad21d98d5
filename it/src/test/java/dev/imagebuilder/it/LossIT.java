package dev.imagebuilder.it;

/** Losses with Buildah. */
final class LossIT extends LossContract {
  LossIT() {
    super("buildah", "buildah");
  }
}
