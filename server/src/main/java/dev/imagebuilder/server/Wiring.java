package dev.imagebuilder.server;

/** Makes everything behind the APIs from the configuration. */
final class Wiring {
  private Wiring() {}

  static BuildParts make(ServiceOptions options, Metrics metrics) throws StartException {
    throw new StartException("not wired", null);
  }
}
