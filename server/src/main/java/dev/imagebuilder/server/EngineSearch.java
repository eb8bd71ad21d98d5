package dev.imagebuilder.server;

import dev.imagebuilder.core.Engine;
import dev.imagebuilder.server.config.LocalConfig;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Ways to find an engine, and the order in which they are tried; the first that finds one wins. */
interface EngineSearch {

  /**
   * The buildkitd that is configured; empty if none is.
   *
   * @throws StartException if it cannot be used
   */
  Optional<? extends Engine> configured() throws StartException, InterruptedException;

  /** A buildkitd that listens where they usually do. */
  Optional<? extends Engine> listening() throws InterruptedException;

  /** A buildkitd of our own, from the program on PATH. */
  Optional<? extends Engine> own() throws InterruptedException;

  /** A Docker Engine that will do. */
  Optional<? extends Engine> docker(Docker wanted) throws InterruptedException;

  /**
   * Buildah as a program.
   *
   * @throws IOException if it is asked for by name and does not work
   */
  Optional<? extends Engine> buildah() throws IOException, InterruptedException;

  /** Which Docker Engines will do. */
  enum Docker {
    /** Those of a version out of whose builds nothing is known to escape. */
    SAFE,
    /** All of them. */
    ANY
  }

  /** The engine that the configuration means. */
  default Optional<? extends Engine> first(LocalConfig.Engine wanted)
      throws StartException, IOException, InterruptedException {
    return switch (wanted) {
      case BUILDAH -> buildah();
      case BUILDKIT -> buildkit();
      case DOCKER -> docker(Docker.ANY);
      // What is made to be led by others first; what strangers' builds may get out of last.
      case AUTO ->
          firstOf(
              List.of(
                  this::buildkit,
                  () -> docker(Docker.SAFE),
                  this::buildah,
                  () -> docker(Docker.ANY)));
    };
  }

  private Optional<? extends Engine> buildkit()
      throws StartException, IOException, InterruptedException {
    return firstOf(List.of(this::configured, this::listening, this::own));
  }

  private static Optional<? extends Engine> firstOf(List<Way> ways)
      throws StartException, IOException, InterruptedException {
    for (Way way : ways) {
      Optional<? extends Engine> engine = way.look();
      if (engine.isPresent()) {
        return engine;
      }
    }
    return Optional.empty();
  }

  /** One of the ways. */
  @FunctionalInterface
  interface Way {

    /** What it finds. */
    Optional<? extends Engine> look() throws StartException, IOException, InterruptedException;
  }
}
