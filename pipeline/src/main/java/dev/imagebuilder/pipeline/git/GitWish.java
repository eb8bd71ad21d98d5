package dev.imagebuilder.pipeline.git;

import dev.imagebuilder.core.GitSource.CloneMode;
import dev.imagebuilder.core.GitSource.GitLogin;
import java.util.Optional;

/**
 * What to fetch of one remote.
 *
 * @param login for this remote's origin only
 * @param target a branch or commit, as the mode says
 */
record GitWish(
    GitUrl url, Optional<GitLogin> login, CloneMode mode, String target, History history) {

  /** The remote's login, if the other URL is of the same origin. */
  Optional<GitLogin> loginFor(GitUrl other) {
    return url.isSameOrigin(other) ? login : Optional.empty();
  }

  /** How much of it. */
  enum History {
    /** The one commit. */
    SHALLOW,
    /** All commits of all branches, and the tags. */
    FULL
  }
}
