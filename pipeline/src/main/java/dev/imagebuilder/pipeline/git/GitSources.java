package dev.imagebuilder.pipeline.git;

import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.GitSource;
import dev.imagebuilder.core.GitSource.CloneMode;
import dev.imagebuilder.core.work.Tasks;
import dev.imagebuilder.net.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;

/**
 * Fetches git sources over http and https. Safe for any number of threads.
 *
 * <p>Logins stay in memory and go to their own origin only. The checkout keeps {@code .git}, as
 * mk3's does, with a remote URL without login. Submodules are fetched by the same rules.
 */
public final class GitSources {
  private static final int DEEPEST = 10;

  private final GitOptions options;
  private final Network network;

  static {
    GitIsolation.install();
  }

  /** Fetches by these rules over this network. */
  public GitSources(GitOptions options, Network network) {
    this.options = options;
    this.network = network;
  }

  /**
   * Checks a source out.
   *
   * @param workspace an empty folder that stands for {@code /workspace}; the source's checkout
   *     location is below it
   * @return the commit, 40 hex digits
   * @throws BuildFailedException if the source is refused, denied, not there or too large
   */
  public String fetch(GitSource source, Path workspace, BuildListener listener)
      throws BuildFailedException, InterruptedException {
    GitWish wish = wish(source);
    Path folder = folder(source, workspace);
    Callable<String> work = () -> checkOut(wish, folder, listener);
    // On a thread of its own, a virtual one: only there an interrupt ends a socket's read.
    try {
      return Tasks.allOf(List.of(work)).getFirst();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BuildFailedException failed) {
        throw failed;
      }
      throw new IllegalStateException("fetch " + wish.url(), e.getCause());
    }
  }

  private GitWish wish(GitSource source) throws BuildFailedException {
    var history = source.fullClone() ? GitWish.History.FULL : GitWish.History.SHALLOW;
    GitUrl.WithLogin parsed = allowed(source.remoteUri(), "");
    String target = source.mode() == CloneMode.REMOTE_HEAD ? "" : source.cloneTarget();
    boolean isValid =
        switch (source.mode()) {
          case REMOTE_HEAD -> true;
          case REMOTE_COMMIT -> target.matches("[0-9a-f]{4,40}");
          case REMOTE_BRANCH, LOCAL_BRANCH ->
              !target.startsWith("-") && Repository.isValidRefName("refs/heads/" + target);
        };
    if (!isValid) {
      throw new BuildFailedException(GitFailures.badTarget("branch or commit"));
    }
    return new GitWish(
        parsed.url(), GitHttp.login(source.login(), parsed), source.mode(), target, history);
  }

  private GitUrl.WithLogin allowed(String url, String ofWhat) throws BuildFailedException {
    try {
      GitUrl.WithLogin parsed = GitUrl.parse(url);
      options.policy().check(parsed.url());
      return parsed;
    } catch (IllegalArgumentException e) {
      throw new BuildFailedException(GitFailures.refused(ofWhat + e.getMessage()));
    }
  }

  private String checkOut(GitWish wish, Path folder, BuildListener listener)
      throws BuildFailedException, InterruptedException {
    listener.line("fetching " + wish.url());
    GitBudget budget = new GitBudget(options);
    String commit = checkOut(wish, folder, budget, 0);
    listener.line("checked out " + commit);
    return commit;
  }

  private String checkOut(GitWish wish, Path folder, GitBudget budget, int depth)
      throws BuildFailedException, InterruptedException {
    GitHttp http = new GitHttp(wish.url(), options, network, budget);
    try {
      GitClone.Cloned cloned = new GitClone(wish, http, budget).into(folder);
      try (Repository repository = cloned.repository()) {
        submodules(repository, cloned.commit(), new Parent(wish, folder, depth), budget);
        return cloned.commit().name();
      }
    } catch (IOException | RuntimeException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("fetch " + wish.url());
      }
      throw new BuildFailedException(GitFailures.of(e, wish, http), e);
    }
  }

  /** What a submodule needs to know of the repository it is in. */
  private record Parent(GitWish wish, Path folder, int depth) {}

  private void submodules(Repository repository, RevCommit commit, Parent parent, GitBudget budget)
      throws IOException, BuildFailedException, InterruptedException {
    for (var module : GitSubmodules.of(repository, commit, parent.wish().url())) {
      if (parent.depth() == DEEPEST) {
        throw new GitBudget.TooLargeException("its submodules are nested too deep");
      }
      GitUrl url = allowed(module.url(), "submodule " + module.path() + ": ").url();
      GitWish wish = GitSubmodules.wish(module, url, parent.wish());
      checkOut(wish, GitSubmodules.folder(parent.folder(), module), budget, parent.depth() + 1);
    }
  }

  private static Path folder(GitSource source, Path workspace) throws BuildFailedException {
    try {
      String location = source.checkoutLocation();
      Path folder = workspace.resolve(location).normalize();
      if (!folder.startsWith(workspace)) {
        throw new BuildFailedException(GitFailures.badTarget("checkout location"));
      }
      return Files.createDirectories(folder);
    } catch (IOException | java.nio.file.InvalidPathException e) {
      throw new BuildFailedException(GitFailures.badTarget("checkout location"), e);
    }
  }
}
