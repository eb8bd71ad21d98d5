package dev.imagebuilder.it;

/** Untrusted Dockerfiles with Buildah. */
final class UntrustedBuildahIT extends UntrustedContract {
  UntrustedBuildahIT() {
    super("buildah");
  }
}
