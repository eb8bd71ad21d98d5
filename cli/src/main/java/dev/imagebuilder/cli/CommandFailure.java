package dev.imagebuilder.cli;

/** A command cannot go on: one sentence for the person who typed it, and an exit code. */
final class CommandFailure extends Exception {
  /** The build, or what else was asked for, failed. */
  static final int FAILED = 1;

  /** The command line is wrong. */
  static final int USAGE = 2;

  /** The service does not answer. */
  static final int UNREACHABLE = 3;

  /** Ctrl-C, as shells count it. */
  static final int INTERRUPTED = 130;

  private final int exitCode;

  private CommandFailure(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** What was asked for could not be done. */
  static CommandFailure failed(String message) {
    return new CommandFailure(FAILED, message);
  }

  /** The command line asks for something that cannot be. */
  static CommandFailure usage(String message) {
    return new CommandFailure(USAGE, message);
  }

  /** The service does not answer. */
  static CommandFailure unreachable(String message) {
    return new CommandFailure(UNREACHABLE, message);
  }

  /** The user has stopped it. */
  static CommandFailure interrupted() {
    return new CommandFailure(INTERRUPTED, "interrupted");
  }

  /** What the process ends with. */
  int exitCode() {
    return exitCode;
  }
}
