package dev.imagebuilder.it;

/** Pushes that a registry refuses in the middle, with a Docker Engine that somebody else runs. */
final class RefusedPushDockerIT extends RefusedPushContract {
  RefusedPushDockerIT() {
    super("docker");
  }
}
