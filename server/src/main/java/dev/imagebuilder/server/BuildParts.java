package dev.imagebuilder.server;

import dev.imagebuilder.service.Builds;
import java.util.Optional;

/** What stands behind the APIs, and ends with the service. */
interface BuildParts extends AutoCloseable {

  /** The build service. */
  Builds builds();

  /** What an operator should know about where builds run: one line. */
  String describe();

  /** Why builds cannot be started at the moment; empty if they can. */
  default Optional<String> trouble() {
    return Optional.empty();
  }

  /** Stops every build. */
  @Override
  void close();

  /** Makes the parts of a service. */
  @FunctionalInterface
  interface Maker {
    BuildParts make(ProcessOptions options, Metrics metrics)
        throws StartException, InterruptedException;
  }
}
