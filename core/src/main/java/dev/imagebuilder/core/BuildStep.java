package dev.imagebuilder.core;

import java.time.Duration;

/**
 * One thing that an engine does for a build: an instruction of a Dockerfile, a look-up, a transfer.
 *
 * @param id the same for all that is said of one step; means nothing beyond its build. A number if
 *     steps run side by side: then lines of the log that begin with # and the number are the step's
 * @param name for people: {@code [2/3] RUN make}
 */
public record BuildStep(String id, String name, State state) {

  /** What is the case with a step. */
  public sealed interface State {

    /** It began. */
    record Started() implements State {}

    /**
     * Part of it went on: a layer that is pulled or pushed, a context that is sent.
     *
     * @param what for people, and the same for all that is said of the part
     * @param done how much so far, usually bytes
     * @param total 0 if not known
     */
    record Transferred(String what, long done, long total) implements State {}

    /** It was done before: nothing ran. */
    record Cached() implements State {}

    /** It ended well. */
    record Completed(Duration time) implements State {}

    /** It ended badly, or was stopped. */
    record Failed(Duration time, String error) implements State {}
  }
}
