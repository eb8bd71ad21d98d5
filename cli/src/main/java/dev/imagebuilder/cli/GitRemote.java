package dev.imagebuilder.cli;

import dev.imagebuilder.cli.output.CleanText;
import dev.imagebuilder.core.GitSource.GitLogin;
import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.jgit.api.LsRemoteCommand;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.transport.UsernamePasswordCredentialsProvider;
import org.jspecify.annotations.Nullable;

/** Asks a git remote which commit a name stands for now, so that a push is a new build. */
final class GitRemote {
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final int LIMIT_SECONDS = 30;

  private GitRemote() {}

  /**
   * The commit of a source: 40 hex digits. A full commit is taken as it is, without asking.
   *
   * @throws CommandFailure if the remote does not answer, refuses, or does not have the name
   */
  static String commitOf(Source.Git source, GitLogin login) throws CommandFailure {
    if (COMMIT.matcher(source.ref()).matches()) {
      return source.ref();
    }
    Map<String, Ref> refs = refs(source.url(), login);
    String wanted = source.ref();
    @Nullable ObjectId commit =
        wanted.isEmpty()
            ? id(refs.get(Constants.HEAD))
            : firstOf(
                id(refs.get(Constants.R_HEADS + wanted)),
                id(refs.get(Constants.R_TAGS + wanted)),
                id(refs.get(wanted)));
    if (commit == null) {
      String what = wanted.isEmpty() ? "default branch" : "branch or tag \"" + wanted + "\"";
      throw CommandFailure.failed("git ls-remote " + source.url() + ": it has no " + what);
    }
    return commit.name();
  }

  private static Map<String, Ref> refs(String url, GitLogin login) throws CommandFailure {
    LsRemoteCommand ask = new LsRemoteCommand(null).setRemote(url).setTimeout(LIMIT_SECONDS);
    login
        .ifPresent()
        .ifPresent(known ->
            ask.setCredentialsProvider(
                new UsernamePasswordCredentialsProvider(known.user(), known.password().reveal())));
    try {
      return ask.callAsMap();
    } catch (GitAPIException e) {
      throw CommandFailure.failed("git ls-remote " + url + ": " + why(e));
    }
  }

  private static String why(GitAPIException e) {
    String said = CleanText.of(String.valueOf(e.getMessage())).strip();
    boolean wantsLogin =
        said.contains("not authorized")
            || said.contains("Authentication is required")
            || said.contains("no CredentialsProvider");
    return wantsLogin
        ? "the server refuses access; log in with --git-user NAME and the password in "
            + GitLoginOptions.PASSWORD_VARIABLE
        : said;
  }

  /** The commit that a reference leads to, through an annotated tag if it is one. */
  private static @Nullable ObjectId id(@Nullable Ref ref) {
    if (ref == null) {
      return null;
    }
    return ref.getPeeledObjectId() == null ? ref.getObjectId() : ref.getPeeledObjectId();
  }

  private static @Nullable ObjectId firstOf(@Nullable ObjectId... ids) {
    for (@Nullable ObjectId id : ids) {
      if (id != null) {
        return id;
      }
    }
    return null;
  }
}
