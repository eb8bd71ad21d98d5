package dev.imagebuilder.buildkit;

import java.util.Optional;

/** A daemon that builds, whoever runs it. */
public interface BuildkitDaemon extends AutoCloseable {

  /**
   * Where it listens. One that is ours and has died is started again.
   *
   * @throws BuildkitException if it cannot be
   */
  BuildkitAddress address() throws BuildkitException, InterruptedException;

  /** How its connections are protected. */
  Optional<BuildkitTls> tls();

  /** How it was found, for people: {@code configured}, {@code our own}. */
  String found();

  /** No build uses it, and none will until this returns: puts right what it cannot itself. */
  default void rest() {}

  /** Ends it, if it is ours. */
  @Override
  void close();

  /** One that is there already. */
  static BuildkitDaemon at(BuildkitAddress address, Optional<BuildkitTls> tls, String found) {
    record External(BuildkitAddress address, Optional<BuildkitTls> tls, String found)
        implements BuildkitDaemon {
      @Override
      public void close() {
        // Not ours to end.
      }
    }

    return new External(address, tls, found);
  }
}
