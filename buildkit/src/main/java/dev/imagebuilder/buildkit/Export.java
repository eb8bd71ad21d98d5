package dev.imagebuilder.buildkit;

/** What becomes of a build's result. */
sealed interface Export {

  /** A buildkitd pushes it. */
  record Pushed() implements Export {}

  /** The BuildKit of a Docker Engine pushes it; the Engine's image store hears nothing of it. */
  record PushedByDocker() implements Export {}

  /** A Docker Engine that cannot push from BuildKit keeps it in its image store. */
  record KeptByDocker(String name) implements Export {}
}
