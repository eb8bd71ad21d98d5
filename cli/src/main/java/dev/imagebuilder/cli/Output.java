package dev.imagebuilder.cli;

import dev.imagebuilder.proto.builder.BuildResponse;

/** Where the course of a build is shown. Called by several threads. */
interface Output {

  /** The build was found, started or joined. */
  void running(BuildResponse response);

  /** Something for people to know. */
  void note(String text);

  /** Cleaned text of the build's output; may end within a line. */
  void log(String text);

  /** The last message of the service. */
  void ended(BuildResponse response);
}
