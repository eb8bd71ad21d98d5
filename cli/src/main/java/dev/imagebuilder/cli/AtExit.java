package dev.imagebuilder.cli;

/** Something to do when a signal ends the process while this is open. */
final class AtExit implements AutoCloseable {
  private final Thread hook;

  private AtExit(Thread hook) {
    this.hook = hook;
  }

  /** In force until it is closed. */
  static AtExit run(Runnable task) {
    Thread hook = Thread.ofPlatform().unstarted(task);
    Runtime.getRuntime().addShutdownHook(hook);
    return new AtExit(hook);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // The process is ending already: the task runs or has run.
    }
  }
}
