package dev.imagebuilder.pipeline.git;

import java.time.Duration;

/**
 * How sources are fetched.
 *
 * @param connectLimit for a connection to a remote
 * @param idleLimit how long a remote may say nothing
 * @param maxBytes of one source with its submodules: what is received, and again what is checked
 *     out
 * @param maxFiles of one source with its submodules
 */
public record GitOptions(
    GitPolicy policy, Duration connectLimit, Duration idleLimit, long maxBytes, int maxFiles) {

  /** 20 s, 60 s, 8 GiB, a million files. */
  public static GitOptions defaults() {
    return new GitOptions(
        GitPolicy.defaults(), Duration.ofSeconds(20), Duration.ofSeconds(60), 8L << 30, 1_000_000);
  }

  /** The same with another policy. */
  public GitOptions withPolicy(GitPolicy other) {
    return new GitOptions(other, connectLimit, idleLimit, maxBytes, maxFiles);
  }
}
