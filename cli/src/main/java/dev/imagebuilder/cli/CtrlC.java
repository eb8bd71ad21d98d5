package dev.imagebuilder.cli;

import dev.imagebuilder.cli.output.Output;
import dev.imagebuilder.cli.output.Signals;
import java.util.concurrent.atomic.AtomicInteger;

/** Ctrl-C while a build is followed: the first stops the build, the second leaves at once. */
final class CtrlC implements AutoCloseable {
  private final BuildFollower follower;
  private final Output output;
  private final String user;
  private final AtomicInteger presses = new AtomicInteger();
  private final Signals signals = Signals.on("INT", this::pressed);

  /**
   * In force until it is closed.
   *
   * @param user on whose behalf the build is cancelled
   */
  CtrlC(BuildFollower follower, Output output, String user) {
    this.follower = follower;
    this.output = output;
    this.user = user;
  }

  @Override
  public void close() {
    signals.close();
  }

  private void pressed() {
    if (presses.incrementAndGet() == 1) {
      follower.stop(user);
    } else {
      output.close();
      Runtime.getRuntime().halt(CommandFailure.INTERRUPTED);
    }
  }
}
