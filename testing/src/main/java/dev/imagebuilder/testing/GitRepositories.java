package dev.imagebuilder.testing;

import dev.imagebuilder.devgit.GitEntry;
import dev.imagebuilder.devgit.GitHttpServer;
import dev.imagebuilder.devgit.GitRepository;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** Git repositories in a temporary folder, served over loopback HTTP. */
public final class GitRepositories implements AutoCloseable {
  private final TemporaryFolder folder;
  private final GitHttpServer server;

  private GitRepositories(TemporaryFolder folder, GitHttpServer server) {
    this.folder = folder;
    this.server = server;
  }

  /** Serves to everybody. */
  public static GitRepositories open() throws IOException {
    TemporaryFolder folder = TemporaryFolder.named("git");
    return new GitRepositories(folder, GitHttpServer.start(folder.path(), 0));
  }

  /** Serves to those with the user and password. */
  public static GitRepositories withPassword(String user, String password) throws IOException {
    TemporaryFolder folder = TemporaryFolder.named("git");
    var login = new GitHttpServer.Login(user, password);
    return new GitRepositories(folder, GitHttpServer.start(folder.path(), 0, login));
  }

  /** {@code http://127.0.0.1:port}, without a slash at the end. */
  public URI address() {
    return server.address();
  }

  /** Where to clone a repository from. */
  public String url(String repository) {
    return server.url(repository).toString();
  }

  /**
   * Adds a commit to branch {@code main} of a repository that is made if need be. The commit has
   * just these plain files.
   *
   * @param files contents by path
   * @return the commit id, 40 hex digits
   */
  public String commit(String repository, Map<String, String> files) throws IOException {
    List<GitEntry> entries =
        files.entrySet().stream()
            .map(file -> GitEntry.file(file.getKey(), file.getValue()))
            .toList();
    return commit(repository, "main", entries);
  }

  /**
   * Adds a commit to a branch of a repository; both are made if need be. The commit has just these
   * entries.
   *
   * @return the commit id, 40 hex digits
   */
  public String commit(String repository, String branch, List<GitEntry> entries)
      throws IOException {
    try (GitRepository git = GitRepository.bare(folder.path().resolve(repository + ".git"))) {
      return git.commit(branch, "change " + branch, entries);
    }
  }

  /** Puts a lightweight tag on a commit. */
  public void tag(String repository, String tag, String commit) throws IOException {
    try (GitRepository git = GitRepository.bare(folder.path().resolve(repository + ".git"))) {
      git.tag(tag, commit);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    folder.close();
  }
}
