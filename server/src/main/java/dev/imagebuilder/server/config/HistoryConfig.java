package dev.imagebuilder.server.config;

import java.time.Duration;

/**
 * How long ended builds and their logs are kept.
 *
 * @param maxLogBytes bytes of one build's log
 */
public record HistoryConfig(
    @Described("Age at which an ended build and its log are removed.") Duration maxAge,
    @Described("How many ended builds are kept at most.") int maxBuilds,
    @Described("Length in bytes at which the log of a build is cut.") long maxLogBytes) {

  /** What holds for a group without any key. */
  public static HistoryConfig defaults() {
    return new HistoryConfig(Duration.ofDays(1), 1000, 64L << 20);
  }
}
