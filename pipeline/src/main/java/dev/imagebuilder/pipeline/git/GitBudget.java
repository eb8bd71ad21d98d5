package dev.imagebuilder.pipeline.git;

import java.io.IOException;

/** What one source with its submodules may still cost. For one thread. */
final class GitBudget {
  private final GitOptions options;
  private long received;
  private long written;
  private int files;
  private int repositories;

  GitBudget(GitOptions options) {
    this.options = options;
  }

  /** Counts bytes that came from remotes. */
  void receive(long bytes) throws IOException {
    received += bytes;
    if (received > options.maxBytes()) {
      throw new TooLargeException("it sends more than " + options.maxBytes() + " bytes");
    }
  }

  /** Counts a file that is to be checked out. */
  void write(long bytes) throws IOException {
    written += bytes;
    files++;
    if (written > options.maxBytes()) {
      throw new TooLargeException("its files have more than " + options.maxBytes() + " bytes");
    }
    if (files > options.maxFiles()) {
      throw new TooLargeException("it has more than " + options.maxFiles() + " files");
    }
  }

  /** Counts a repository. */
  void repository() throws IOException {
    repositories++;
    if (repositories > 1000) {
      throw new TooLargeException("it has more than 1000 submodules");
    }
  }

  /** The source is larger than allowed. */
  static final class TooLargeException extends IOException {
    TooLargeException(String what) {
      super(what);
    }
  }
}
