package dev.imagebuilder.core;

/**
 * Port: a backend whose builds outlive this process and are seen by others like it. All processes
 * that share it list and follow the same builds; of two that make the same image the older (by
 * start, then by id) stays.
 */
public interface SharedBackend extends BuildBackend {

  /** Begins to tell of other processes' builds. Called once, before any build is run. */
  void share(Sightings sightings);

  /**
   * Follows a build that was found to its end, on the calling thread.
   *
   * @return as {@link #run}
   * @throws InterruptedException if the thread was interrupted, which stops the build
   */
  BuildOutcome follow(FoundBuild build, BuildListener listener) throws InterruptedException;

  /**
   * Lets builds go on by themselves: from now on an interrupt only ends this process's interest in
   * a build, since another process, or the next run of this one, takes it up.
   */
  void handOver();

  /** Hears of builds. Called by one thread at a time; returns at once. */
  interface Sightings {

    /** A build runs that is not ours; may be said more than once. */
    void found(FoundBuild build);

    /** Our own build makes the same image as an older one and has to give way to it. */
    void superseded(BuildId own, FoundBuild older);
  }
}
