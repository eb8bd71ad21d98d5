package dev.imagebuilder.buildkit;

/** What RUN steps can reach. */
public enum StepNetwork {
  /**
   * For a daemon of ours {@link #OWN} where it works, else {@link #HOST}; else as the daemon has
   * it.
   */
  AUTO,
  /** A network of their own, from which they reach the world but not the machine's loopback. */
  OWN,
  /** Their machine's network, loopback included, unless the daemon has another one for them. */
  HOST,
  /** Nothing. */
  NONE
}
