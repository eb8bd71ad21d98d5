package dev.imagebuilder.server;

import dev.imagebuilder.service.Builds;

/** What stands behind the APIs, and ends with the service. */
interface BuildParts extends AutoCloseable {

  /** The build service. */
  Builds builds();

  /** What an operator should know about where builds run: one line. */
  String describe();

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
