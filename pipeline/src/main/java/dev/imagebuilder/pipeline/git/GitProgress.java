package dev.imagebuilder.pipeline.git;

import org.eclipse.jgit.lib.EmptyProgressMonitor;

/** Tells JGit to stop when its thread is interrupted. */
final class GitProgress extends EmptyProgressMonitor {
  @Override
  public boolean isCancelled() {
    return Thread.currentThread().isInterrupted();
  }
}
