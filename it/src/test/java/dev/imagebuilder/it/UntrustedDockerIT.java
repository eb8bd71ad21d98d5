package dev.imagebuilder.it;

/** Untrusted Dockerfiles with a Docker Engine that somebody else runs. */
final class UntrustedDockerIT extends UntrustedContract {
  UntrustedDockerIT() {
    super("docker");
  }
}
