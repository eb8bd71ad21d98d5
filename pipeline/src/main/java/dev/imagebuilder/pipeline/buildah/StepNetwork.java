package dev.imagebuilder.pipeline.buildah;

/** Which network the RUN steps of a Dockerfile are in. */
public enum StepNetwork {
  /** {@link #OWN} where the machine can, else {@link #HOST}. */
  AUTO,
  /** One of its own, from which this machine's loopback cannot be reached. */
  OWN,
  /** This machine's. */
  HOST,
  /** None at all. */
  NONE
}
