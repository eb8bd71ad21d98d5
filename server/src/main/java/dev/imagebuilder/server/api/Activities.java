package dev.imagebuilder.server.api;

import dev.imagebuilder.core.BuildEvent;

/** What a build does, in words for people; of all but a missing image both APIs say the same. */
final class Activities {

  private Activities() {}

  static String of(BuildEvent event) {
    return switch (event) {
      case BuildEvent.Queued(int position) -> "queued, position " + position;
      case BuildEvent.Preparing() -> "fetching the source";
      case BuildEvent.Building(int step, int steps, String instruction) ->
          steps == 0
              ? "building: " + instruction
              : "building step " + step + " of " + steps + ": " + instruction;
      case BuildEvent.Pushing() -> "pushing the base image";
      case BuildEvent.Copying() -> "copying to the workspace image";
      case BuildEvent.Finished(var outcome) -> outcome.text();
    };
  }
}
