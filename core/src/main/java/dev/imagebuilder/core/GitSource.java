package dev.imagebuilder.core;

import java.util.Map;
import java.util.Optional;

/**
 * A git repository and what to check out of it.
 *
 * @param remoteUri as given; schemes and hosts are checked before it is used
 * @param upstreamRemoteUri empty if there is none
 * @param cloneTarget a branch or a commit, as the mode says; empty for {@link
 *     CloneMode#REMOTE_HEAD}
 * @param checkoutLocation folder under the workspace, empty or {@code .} for its root
 */
public record GitSource(
    String remoteUri,
    String upstreamRemoteUri,
    CloneMode mode,
    String cloneTarget,
    String checkoutLocation,
    boolean fullClone,
    GitLogin login,
    Extras extras) {

  /** A source without extras. */
  public GitSource(
      String remoteUri,
      String upstreamRemoteUri,
      CloneMode mode,
      String cloneTarget,
      String checkoutLocation,
      boolean fullClone,
      GitLogin login) {
    this(
        remoteUri,
        upstreamRemoteUri,
        mode,
        cloneTarget,
        checkoutLocation,
        fullClone,
        login,
        Extras.NONE);
  }

  /** What the clone target names (SPEC 2.2, CloneTargetMode). */
  public enum CloneMode {
    /** The remote's own default branch. */
    REMOTE_HEAD,
    /** A commit. */
    REMOTE_COMMIT,
    /** A branch of the remote. */
    REMOTE_BRANCH,
    /** A branch to make locally from the remote's head. */
    LOCAL_BRANCH
  }

  /**
   * What only a workspace can do with a source, in which nothing of ours can be harmed.
   *
   * @param customConfig git settings by name
   * @param oneTimeLogin a URL that gives the login once; empty if there is none
   */
  public record Extras(Map<String, String> customConfig, Secret oneTimeLogin) {

    /** Nothing. */
    public static final Extras NONE = new Extras(Map.of(), Secret.of(""));

    public Extras {
      customConfig = Map.copyOf(customConfig);
    }
  }

  /** A user and a password for the remote; both empty if it is open. */
  public record GitLogin(String user, Secret password) {

    /** An open remote. */
    public static final GitLogin NONE = new GitLogin("", Secret.of(""));

    /** The login, if there is one to send. */
    public Optional<GitLogin> ifPresent() {
      return user.isEmpty() && password.isEmpty() ? Optional.empty() : Optional.of(this);
    }
  }
}
