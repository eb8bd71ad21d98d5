package dev.imagebuilder.devgit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/**
 * A bare repository on disk whose commits have a fixed author and time, so that equal content gives
 * equal commit ids. For one thread.
 */
public final class GitRepository implements AutoCloseable {
  private static final PersonIdent AUTHOR =
      new PersonIdent(
          "image-builder",
          "image-builder@localhost",
          Instant.parse("2020-01-01T00:00:00Z"),
          ZoneOffset.UTC);

  private final Repository repository;

  private GitRepository(Repository repository) {
    this.repository = repository;
  }

  /** Opens the bare repository in the folder, or makes one whose default branch is {@code main}. */
  public static GitRepository bare(Path folder) throws IOException {
    Repository repository =
        new FileRepositoryBuilder().setGitDir(folder.toFile()).setBare().build();
    if (!Files.exists(folder.resolve(Constants.HEAD))) {
      repository.create(true);
      // Whatever the user's own git configuration calls the first branch.
      repository.updateRef(Constants.HEAD).link(Constants.R_HEADS + "main");
    }
    return new GitRepository(repository);
  }

  /**
   * Adds a commit with just these entries on top of a branch, which is made if it is not there.
   *
   * @return the commit id, 40 hex digits
   */
  public String commit(String branch, String message, List<GitEntry> entries) throws IOException {
    return commit(branch, message, entries, branchHead(branch));
  }

  /**
   * Makes a branch a single commit without a parent, whatever it was before: equal entries and
   * message give an equal id.
   *
   * @return the commit id, 40 hex digits
   */
  public String replace(String branch, String message, List<GitEntry> entries) throws IOException {
    return commit(branch, message, entries, Optional.empty());
  }

  /** Puts a lightweight tag on a commit. */
  public void tag(String name, String commit) throws IOException {
    move(Constants.R_TAGS + name, ObjectId.fromString(commit));
  }

  @Override
  public void close() {
    repository.close();
  }

  private Optional<ObjectId> branchHead(String branch) throws IOException {
    return Optional.ofNullable(repository.resolve(Constants.R_HEADS + branch));
  }

  private String commit(
      String branch, String message, List<GitEntry> entries, Optional<ObjectId> parent)
      throws IOException {
    ObjectId id;
    try (ObjectInserter objects = repository.newObjectInserter()) {
      CommitBuilder commit = new CommitBuilder();
      commit.setTreeId(tree(entries, objects));
      parent.ifPresent(commit::setParentId);
      commit.setAuthor(AUTHOR);
      commit.setCommitter(AUTHOR);
      commit.setMessage(message);
      id = objects.insert(commit);
      objects.flush();
    }
    move(Constants.R_HEADS + branch, id);
    return id.name();
  }

  private void move(String ref, ObjectId target) throws IOException {
    RefUpdate update = repository.updateRef(ref);
    update.setNewObjectId(target);
    RefUpdate.Result result = update.forceUpdate();
    switch (result) {
      case NEW, FORCED, FAST_FORWARD, NO_CHANGE -> {}
      default ->
          throw new IOException(
              "update " + ref + " of " + repository.getDirectory() + ": " + result);
    }
  }

  private static ObjectId tree(List<GitEntry> entries, ObjectInserter objects) throws IOException {
    DirCache index = DirCache.newInCore();
    DirCacheBuilder builder = index.builder();
    for (GitEntry entry : entries) {
      DirCacheEntry cached = new DirCacheEntry(entry.path());
      cached.setFileMode(entry.mode());
      cached.setObjectId(
          FileMode.GITLINK.equals(entry.mode().getBits())
              ? ObjectId.fromString(new String(entry.content(), StandardCharsets.US_ASCII))
              : objects.insert(Constants.OBJ_BLOB, entry.content()));
      builder.add(cached);
    }
    builder.finish();
    return index.writeTree(objects);
  }
}
