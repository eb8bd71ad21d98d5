package dev.imagebuilder.core;

/** What a build is doing. */
public sealed interface BuildEvent {

  /** Waits for a place; position 1 is next. */
  record Queued(int position) implements BuildEvent {}

  /** Its source is fetched. */
  record Preparing() implements BuildEvent {}

  /** The engine runs step {@code step} of {@code steps}; both 0 if the engine does not say. */
  record Building(int step, int steps, String instruction) implements BuildEvent {}

  /** The base image goes to its repository. */
  record Pushing() implements BuildEvent {}

  /** The base image is copied to the workspace image's repository. */
  record Copying() implements BuildEvent {}

  /** Over. The last event of a build, and the only one of its kind. */
  record Finished(BuildOutcome outcome) implements BuildEvent {}
}
