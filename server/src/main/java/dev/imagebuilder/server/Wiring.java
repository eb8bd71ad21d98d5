package dev.imagebuilder.server;

/** Makes everything behind the APIs from the configuration. */
final class Wiring {
  private Wiring() {}

  static BuildParts make(ProcessOptions options, Metrics metrics) throws StartException {
    if (options.version().isEmpty()) {
      throw new StartException("not wired", null);
    }
    throw new IllegalStateException();
  }
}
