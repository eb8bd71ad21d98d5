package dev.imagebuilder.pipeline.git;

import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.FailureReason;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.jspecify.annotations.Nullable;

/** Says what a remote did in the words of a build's end. Texts hold no login. */
final class GitFailures {

  private GitFailures() {}

  /** The URL is not one we ask. */
  static Failed refused(String why) {
    return Failed.byUser(
        FailureReason.SOURCE_DENIED,
        "the git URL is refused: " + why,
        "Use an https:// URL of a host that the operator allows (orchestrator.git)");
  }

  /** A branch, commit or folder that cannot be one. */
  static Failed badTarget(String what) {
    return Failed.byUser(
        FailureReason.SOURCE_UNREACHABLE,
        "the git source's " + what + " is not a valid one",
        "Give a branch's name, or a commit's full id");
  }

  /** The clone failed. */
  static Failed of(Exception e, GitWish wish, GitHttp http) {
    String fetch = "fetch " + wish.url() + ": ";
    if (find(e, GitNotFoundException.class) instanceof GitNotFoundException notFound) {
      return Failed.byUser(
          FailureReason.SOURCE_UNREACHABLE,
          String.valueOf(notFound.getMessage()),
          "Check the repository, the branch and the commit");
    }
    if (find(e, GitBudget.TooLargeException.class) instanceof GitBudget.TooLargeException large) {
      return Failed.byUser(
          FailureReason.SOURCE_UNREACHABLE,
          fetch + large.getMessage(),
          "Make the repository smaller, or ask the operator for more");
    }
    if (find(e, CorruptObjectException.class) instanceof CorruptObjectException corrupt) {
      return Failed.byUser(
          FailureReason.SOURCE_UNREACHABLE,
          fetch + "not a sound repository: " + corrupt.getMessage(),
          "Run git fsck --full on it");
    }
    return http.status() >= 400 ? byStatus(fetch, wish, http.status()) : byCause(fetch, e);
  }

  private static Failed byStatus(String fetch, GitWish wish, int status) {
    return switch (status) {
      case 401, 403 ->
          Failed.byUser(
              FailureReason.SOURCE_DENIED,
              fetch + status + (wish.login().isPresent() ? ", wrong user or password" : ", denied"),
              wish.login().isPresent()
                  ? "Check the login, and that it may read the repository"
                  : "The repository is private or does not exist; give a login for it");
      case 404, 410 ->
          Failed.byUser(
              FailureReason.SOURCE_UNREACHABLE,
              fetch + "repository not found",
              "Check the URL; private repositories need a login");
      default ->
          Failed.bySystem(
              FailureReason.SOURCE_UNREACHABLE,
              fetch + "the server answered " + status,
              "Try again later");
    };
  }

  private static Failed byCause(String fetch, Exception e) {
    if (find(e, UnknownHostException.class) != null) {
      return Failed.byUser(
          FailureReason.SOURCE_UNREACHABLE, fetch + "unknown host", "Check the URL");
    }
    String what =
        find(e, SSLException.class) instanceof SSLException tls
            ? "TLS: " + tls.getMessage()
            : find(e, SocketTimeoutException.class) != null
                ? "no answer in time"
                : find(e, ConnectException.class) != null ? "cannot connect" : last(e);
    return Failed.bySystem(
        FailureReason.SOURCE_UNREACHABLE,
        fetch + what,
        "Check that this machine can reach the server");
  }

  private static @Nullable Throwable find(Throwable e, Class<? extends Throwable> type) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (type.isInstance(at)) {
        return at;
      }
    }
    return null;
  }

  private static String last(Throwable e) {
    Throwable at = e;
    while (at.getCause() != null) {
      at = at.getCause();
    }
    return at.getMessage() == null ? at.getClass().getSimpleName() : at.getMessage();
  }
}
