package dev.imagebuilder.it;

/** Untrusted Dockerfiles with a buildkitd of the service's own. */
final class UntrustedBuildkitIT extends UntrustedContract {
  UntrustedBuildkitIT() {
    super("buildkit");
  }
}
