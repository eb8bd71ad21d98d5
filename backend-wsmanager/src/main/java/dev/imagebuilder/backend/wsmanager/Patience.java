package dev.imagebuilder.backend.wsmanager;

import java.time.Duration;

/**
 * How long the backend waits for what.
 *
 * @param start for the answer to one StartWorkspace; ws-manager itself gives up after 30 s
 * @param retryStep what the wait between two starts grows by
 * @param call for the answer to any other call
 * @param reconnect the longest pause before it connects again
 * @param reconcile how often it compares what it knows with what there is
 * @param stop for StopWorkspace in all, before it goes on in the background
 * @param drain how long the log of a build that is over may be silent before it is taken as whole
 */
public record Patience(
    Duration start,
    Duration retryStep,
    Duration call,
    Duration reconnect,
    Duration reconcile,
    Duration stop,
    Duration drain) {

  /** What suits the real one. */
  public static Patience defaults() {
    return new Patience(
        Duration.ofSeconds(45),
        Duration.ofSeconds(1),
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofSeconds(8),
        Duration.ofMillis(300));
  }
}
