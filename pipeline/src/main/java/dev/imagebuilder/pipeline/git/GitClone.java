package dev.imagebuilder.pipeline.git;

import dev.imagebuilder.core.GitSource.CloneMode;
import dev.imagebuilder.core.GitSource.GitLogin;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.dircache.DirCacheCheckout;
import org.eclipse.jgit.errors.AmbiguousObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevTree;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.BasePackFetchConnection;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.jspecify.annotations.Nullable;

/** Clones one repository into an empty folder. Runs no hook and no filter; asks for no password. */
final class GitClone {
  private static final RefSpec ALL_BRANCHES = new RefSpec("+refs/heads/*:refs/remotes/origin/*");
  private static final RefSpec ALL_TAGS = new RefSpec("+refs/tags/*:refs/tags/*");

  private static final int LARGEST_TREE = 64 << 20;

  private final GitWish wish;
  private final GitHttp http;
  private final GitBudget budget;

  GitClone(GitWish wish, GitHttp http, GitBudget budget) {
    this.wish = wish;
    this.http = http;
    this.budget = budget;
  }

  /** An open clone; closed by the caller. */
  record Cloned(Repository repository, RevCommit commit) {}

  /** What was found at the remote: a commit, and the local branch it is to be on, if any. */
  private record Found(ObjectId id, @Nullable String branch) {}

  /** Fetches and checks out. */
  Cloned into(Path folder) throws IOException {
    budget.repository();
    Repository repository =
        new FileRepositoryBuilder()
            .setFS(GitIsolation.files())
            .setWorkTree(folder.toFile())
            .setGitDir(folder.resolve(Constants.DOT_GIT).toFile())
            .build();
    try {
      repository.create(false);
      configure(repository);
      Found found = fetch(repository);
      RevCommit commit = commit(repository, found.id());
      checkout(repository, commit);
      setHead(repository, commit, found.branch());
      return new Cloned(repository, commit);
    } catch (IOException | RuntimeException e) {
      repository.close();
      throw e;
    }
  }

  private void configure(Repository repository) throws IOException {
    StoredConfig config = repository.getConfig();
    config.setString("remote", "origin", "url", wish.url().toString());
    config.setString("remote", "origin", "fetch", ALL_BRANCHES.toString());
    config.setInt("gc", null, "auto", 0);
    config.save();
  }

  private Found fetch(Repository repository) throws IOException {
    try (Transport transport = open(repository)) {
      Map<String, Ref> refs = advertised(transport);
      boolean isCommit = wish.mode() == CloneMode.REMOTE_COMMIT;
      if (wish.history() == GitWish.History.FULL) {
        fetch(transport, List.of(ALL_BRANCHES, ALL_TAGS));
        return isCommit ? new Found(knownCommit(repository), null) : fromRef(refs);
      }
      if (!isCommit) {
        Found found = fromRef(refs);
        fetchOne(transport, found.id(), found.branch());
        return found;
      }
      if (ObjectId.isId(wish.target()) && offered(transport, ObjectId.fromString(wish.target()))) {
        return new Found(ObjectId.fromString(wish.target()), null);
      }
    }
    // The server gives no commit by its id, or the id is abbreviated: look through all branches.
    try (Transport transport = open(repository)) {
      fetch(transport, List.of(ALL_BRANCHES, ALL_TAGS));
    }
    return new Found(knownCommit(repository), null);
  }

  private Transport open(Repository repository) throws IOException {
    try {
      Transport transport = Transport.open(repository, new URIish(wish.url().toString()));
      if (!(transport instanceof TransportHttp overHttp)) {
        transport.close();
        throw new IOException("not an http remote: " + wish.url());
      }
      overHttp.setHttpConnectionFactory(http);
      overHttp.setCredentialsProvider(null);
      if (wish.login().isPresent()) {
        GitLogin login = wish.login().get();
        overHttp.setPreemptiveBasicAuthentication(login.user(), login.password().reveal());
      }
      overHttp.setTagOpt(TagOpt.NO_TAGS);
      return overHttp;
    } catch (URISyntaxException e) {
      throw new IOException("not a URL: " + wish.url(), e);
    }
  }

  private Map<String, Ref> advertised(Transport transport) throws IOException {
    String[] names = {"HEAD", "refs/heads/" + wish.target(), "refs/tags/" + wish.target()};
    try (FetchConnection connection = transport.openFetch(List.of(), names)) {
      if (!(connection instanceof BasePackFetchConnection)) {
        throw new GitNotFoundException(wish.url() + " does not speak git's smart protocol", null);
      }
      return Map.copyOf(connection.getRefsMap());
    }
  }

  private Found fromRef(Map<String, Ref> refs) throws GitNotFoundException {
    if (wish.mode() == CloneMode.REMOTE_BRANCH) {
      ObjectId branch = idOf(refs.get("refs/heads/" + wish.target()));
      if (branch != null) {
        return new Found(branch, wish.target());
      }
      ObjectId tag = idOf(refs.get("refs/tags/" + wish.target()));
      if (tag != null) {
        return new Found(tag, null);
      }
      throw new GitNotFoundException("branch \"" + wish.target() + "\" is not in " + wish.url(), null);
    }
    Ref head = refs.get(Constants.HEAD);
    if (head == null || head.getObjectId() == null) {
      throw new GitNotFoundException(wish.url() + " has no commit on its default branch", null);
    }
    String branch =
        wish.mode() == CloneMode.LOCAL_BRANCH
            ? wish.target()
            : head.isSymbolic() ? Repository.shortenRefName(head.getTarget().getName()) : null;
    return new Found(head.getObjectId(), branch);
  }

  private static @Nullable ObjectId idOf(@Nullable Ref ref) {
    return ref == null ? null : ref.getObjectId();
  }

  private void fetchOne(Transport transport, ObjectId id, @Nullable String branch)
      throws IOException {
    String name = branch == null ? "tag" : branch;
    transport.setDepth(1);
    fetch(transport, List.of(new RefSpec("+" + id.name() + ":refs/remotes/origin/" + name)));
  }

  private boolean offered(Transport transport, ObjectId commit) throws IOException {
    try {
      fetchOne(transport, commit, null);
      return true;
    } catch (TransportException e) {
      if (http.status() != 200 || Thread.currentThread().isInterrupted()) {
        throw e;
      }
      return false;
    }
  }

  private static void fetch(Transport transport, List<RefSpec> what) throws IOException {
    transport.fetch(new GitProgress(), what);
  }

  private ObjectId knownCommit(Repository repository) throws IOException {
    try {
      ObjectId id = repository.resolve(wish.target() + "^{commit}");
      if (id != null) {
        return id;
      }
    } catch (MissingObjectException | AmbiguousObjectException e) {
      throw new GitNotFoundException(missingCommit(), e);
    }
    throw new GitNotFoundException(missingCommit(), null);
  }

  private String missingCommit() {
    return "commit \"" + wish.target() + "\" is not in " + wish.url();
  }

  private static RevCommit commit(Repository repository, ObjectId id) throws IOException {
    try (RevWalk walk = new RevWalk(repository)) {
      return walk.parseCommit(id);
    }
  }

  private void checkout(Repository repository, RevCommit commit) throws IOException {
    checkTrees(repository, commit.getTree());
    var checkout = new DirCacheCheckout(repository, repository.lockDirCache(), commit.getTree());
    checkout.setFailOnConflict(true);
    checkout.setProgressMonitor(new GitProgress());
    checkout.checkout();
  }

  /**
   * Refuses trees that git would not make: names such as {@code ..} or a form of {@code .git}, and
   * names that come twice. JGit could check all that is fetched, but then refuses shallow fetches.
   */
  private void checkTrees(Repository repository, RevTree root) throws IOException {
    ObjectChecker checker = new ObjectChecker().setAllowLeadingZeroFileMode(true);
    try (ObjectReader reader = repository.newObjectReader();
        TreeWalk walk = new TreeWalk(reader)) {
      checker.checkTree(root, bytes(reader, root));
      walk.addTree(root);
      while (walk.next()) {
        ObjectId id = walk.getObjectId(0);
        if (walk.isSubtree()) {
          checker.checkTree(id, bytes(reader, id));
          walk.enterSubtree();
        }
        boolean isBlob = walk.getFileMode(0).getObjectType() == Constants.OBJ_BLOB;
        budget.write(isBlob ? reader.getObjectSize(id, Constants.OBJ_BLOB) : 0);
      }
    }
  }

  private static byte[] bytes(ObjectReader reader, ObjectId tree) throws IOException {
    return reader.open(tree, Constants.OBJ_TREE).getCachedBytes(LARGEST_TREE);
  }

  private static void setHead(Repository repository, RevCommit commit, @Nullable String branch)
      throws IOException {
    if (branch != null) {
      RefUpdate local = repository.updateRef(Constants.R_HEADS + branch);
      local.setNewObjectId(commit);
      local.forceUpdate();
      repository.updateRef(Constants.HEAD).link(Constants.R_HEADS + branch);
      return;
    }
    RefUpdate head = repository.updateRef(Constants.HEAD, true);
    head.setNewObjectId(commit);
    head.forceUpdate();
  }
}
