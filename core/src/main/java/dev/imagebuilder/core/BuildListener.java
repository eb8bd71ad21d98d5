package dev.imagebuilder.core;

import java.nio.charset.StandardCharsets;

/**
 * Port: hears what happens in one build. Events and output may come from two threads; neither call
 * blocks for long.
 */
public interface BuildListener {

  /** The build went on to something else. {@link BuildEvent.Finished} is said by the service. */
  void event(BuildEvent event);

  /** The build printed; the bytes are raw and may end inside a line or a character. */
  void log(byte[] output);

  /** Where those who may can read the build's output themselves; said again when it moves. */
  default void logAt(LogLocation location) {}

  /** A step of the engine began, went on or ended; only engines that know their steps say it. */
  default void step(BuildStep step) {}

  /** Adds a line of our own to the build's log. */
  default void line(String text) {
    log((text + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
