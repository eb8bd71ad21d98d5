package dev.imagebuilder.pipeline.git;

import dev.imagebuilder.core.GitSource.CloneMode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.lib.BlobBasedConfig;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * The submodules of a commit. Their places come from the commit's tree, which was checked; only
 * URLs are taken from {@code .gitmodules}. A submodule's name is never used as a path
 * (CVE-2018-11235).
 */
final class GitSubmodules {
  private static final int LARGEST = 1 << 20;

  private GitSubmodules() {}

  /** One submodule: its place in the checkout, its remote, and which commit. */
  record Submodule(String path, String url, ObjectId commit) {}

  /** All submodules of the commit that {@code .gitmodules} gives a URL. */
  static List<Submodule> of(Repository repository, RevCommit commit, GitUrl remote)
      throws IOException {
    Config modules = modules(repository, commit);
    List<Submodule> found = new ArrayList<>();
    try (TreeWalk walk = new TreeWalk(repository)) {
      walk.addTree(commit.getTree());
      walk.setRecursive(true);
      while (walk.next()) {
        if (FileMode.GITLINK.equals(walk.getRawMode(0))) {
          String url = url(modules, walk.getPathString());
          if (!url.isEmpty()) {
            found.add(
                new Submodule(walk.getPathString(), absolute(url, remote), walk.getObjectId(0)));
          }
        }
      }
    }
    return found;
  }

  /** How a submodule is fetched: by its commit. */
  static GitWish wish(Submodule module, GitUrl url, GitWish parent) {
    return new GitWish(
        url,
        parent.loginFor(url),
        CloneMode.REMOTE_COMMIT,
        module.commit().name(),
        parent.history());
  }

  /** The folder of a submodule: made by the checkout, not a link, below the parent's. */
  static Path folder(Path parent, Submodule module) throws IOException {
    Path folder = parent.resolve(module.path());
    Files.createDirectories(folder);
    if (!folder.toRealPath().equals(parent.toRealPath().resolve(module.path()))) {
      throw new IOException("submodule " + module.path() + " is behind a link");
    }
    return folder;
  }

  private static Config modules(Repository repository, RevCommit commit) throws IOException {
    try (TreeWalk file = TreeWalk.forPath(repository, ".gitmodules", commit.getTree())) {
      if (file == null || !FileMode.REGULAR_FILE.equals(file.getRawMode(0))) {
        return new Config();
      }
      if (repository.open(file.getObjectId(0)).getSize() > LARGEST) {
        throw new IOException(".gitmodules is larger than " + LARGEST + " bytes");
      }
      return new BlobBasedConfig(null, repository, file.getObjectId(0));
    } catch (ConfigInvalidException e) {
      throw new IOException("read .gitmodules: " + e.getMessage(), e);
    }
  }

  private static String url(Config modules, String path) {
    for (String name : modules.getSubsections("submodule")) {
      if (path.equals(modules.getString("submodule", name, "path"))) {
        String url = modules.getString("submodule", name, "url");
        return url == null ? "" : url;
      }
    }
    return "";
  }

  /** {@code ../x} is beside the remote, {@code ./x} below it, as git has it. */
  private static String absolute(String url, GitUrl remote) {
    if (!url.startsWith("./") && !url.startsWith("../")) {
      return url;
    }
    String base = remote.toString();
    String folder = base.endsWith("/") ? base : base + "/";
    return URI.create(folder).resolve(url).toString();
  }
}
