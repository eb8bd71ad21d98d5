package dev.imagebuilder.service;

import dev.imagebuilder.core.ImageReference;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How the build service works.
 *
 * @param baseImageRepository where base images go; names are made from it as it is written
 * @param workspaceImageRepository where workspace images go; likewise
 * @param logs the folder of the log files, used by this process only; made if need be
 */
public record ServiceOptions(
    String baseImageRepository,
    String workspaceImageRepository,
    Limits limits,
    History history,
    Path logs) {

  /**
   * Checks the repositories.
   *
   * @throws IllegalArgumentException if one is no repository
   */
  public ServiceOptions {
    checkRepository(baseImageRepository);
    checkRepository(workspaceImageRepository);
  }

  /** The defaults of everything that has one. */
  public static ServiceOptions defaults(
      String baseImageRepository, String workspaceImageRepository, Path logs) {
    return new ServiceOptions(
        baseImageRepository, workspaceImageRepository, Limits.defaults(), History.defaults(), logs);
  }

  private static void checkRepository(String repository) {
    ImageReference parsed = ImageReference.parse(repository);
    if (parsed.tag().isPresent() || parsed.digest().isPresent()) {
      throw new IllegalArgumentException(
          "expected a repository without tag or digest: " + repository);
    }
  }

  /**
   * How much and how long.
   *
   * @param parallelBuilds how many builds run at once, at least 1
   * @param queuedPerOwner how many builds of one owner may wait for a place, at least 1
   * @param build how long a build may run, the wait for its place not counted
   * @param queue how long a build may wait for its place
   * @param stop how long a build that is stopped, by whomever, may take to end
   */
  public record Limits(
      int parallelBuilds, int queuedPerOwner, Duration build, Duration queue, Duration stop) {
    public Limits {
      atLeastOne("parallel builds", parallelBuilds);
      atLeastOne("queued builds per owner", queuedPerOwner);
      positive("build timeout", build);
      positive("queue timeout", queue);
      positive("time to stop", stop);
    }

    /** 4 builds at once for 1 h each, 100 waiting of one owner for 1 h, 20 s to stop. */
    public static Limits defaults() {
      return new Limits(4, 100, Duration.ofHours(1), Duration.ofHours(1), Duration.ofSeconds(20));
    }
  }

  /**
   * How long builds that have ended are remembered, with their logs. Builds and their logs end with
   * the process for now.
   *
   * @param maxAge counted from a build's end
   * @param maxBuilds how many at most, at least 1
   * @param maxLogBytes how much of one build's log is kept from its start, at least 1
   */
  public record History(Duration maxAge, int maxBuilds, long maxLogBytes) {
    public History {
      positive("history age", maxAge);
      atLeastOne("builds in the history", maxBuilds);
      atLeastOne("bytes of a log", maxLogBytes);
    }

    /** 1000 builds for a day, 64 MiB of log each. */
    public static History defaults() {
      return new History(Duration.ofDays(1), 1000, 64L << 20);
    }
  }

  private static void atLeastOne(String what, long number) {
    if (number < 1) {
      throw new IllegalArgumentException(what + ": must be at least 1, is " + number);
    }
  }

  private static void positive(String what, Duration duration) {
    if (!duration.isPositive()) {
      throw new IllegalArgumentException(what + ": must be longer than 0, is " + duration);
    }
  }
}
