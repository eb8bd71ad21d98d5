package dev.imagebuilder.cli.output;

import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.Step;

/** Where the course of a build is shown. Called by several threads. */
public interface Output extends AutoCloseable {

  /** The build as it is now; said again with every change until it is over. */
  void build(BuildInfo now);

  /** A step as it is now. */
  default void step(Step now) {}

  /** Cleaned text of the build's output; may end within a line. */
  void log(String text);

  /** How much of a directory this command has sent by now, in bytes. */
  default void sent(long bytes) {}

  /** Something for people to know. */
  void note(String text);

  /** The build is over, or was not needed: the last that is said of it. */
  void ended(BuildInfo last);

  /** Nothing more is shown; leaves a terminal as it was found. May be called twice. */
  @Override
  default void close() {}
}
