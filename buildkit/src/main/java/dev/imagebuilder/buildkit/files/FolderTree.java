package dev.imagebuilder.buildkit.files;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.imagebuilder.buildkit.files.PathPatterns.Kind;
import dev.imagebuilder.buildkit.files.PathPatterns.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A folder of this machine. Links are sent as links and never followed out of it. */
final class FolderTree implements FileTree {
  /** As the wire has them: by bytes, not by UTF-16 units. */
  private static final Comparator<String> BY_BYTES =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  private final Path root;

  /**
   * Describes the folder.
   *
   * @param root absolute, no link
   */
  FolderTree(Path root) {
    this.root = root;
  }

  @Override
  public void visit(FileWish wish, Visitor visitor) throws IOException, InterruptedException {
    List<String> include = new ArrayList<>(wish.include());
    include.addAll(new FollowedPaths(root).resolve(wish.follow()));
    var walk =
        new Walk(
            PathPatterns.parse(include.contains(".") ? List.of() : include),
            PathPatterns.parse(wish.exclude()),
            visitor);
    walk.folder("", walk.include.top(), walk.exclude.top());
  }

  @Override
  public InputStream open(String path) throws IOException {
    Path file = root.resolve(path);
    // Opening a pipe would wait for somebody to write into it.
    if (!Files.isRegularFile(file, NOFOLLOW_LINKS)) {
      throw new ContextException(
          "\"" + path + "\" was removed or replaced while the build's files were sent");
    }
    return Files.newInputStream(file, NOFOLLOW_LINKS);
  }

  /** What is at a path; empty if nothing is. */
  static Optional<FileEntry> entry(Path file, String path) throws IOException {
    try {
      Map<String, Object> found =
          Files.readAttributes(file, "unix:mode,size,lastModifiedTime", NOFOLLOW_LINKS);
      var entry =
          new FileEntry(
              path,
              (Integer) found.getOrDefault("mode", 0),
              (Long) found.getOrDefault("size", 0L),
              ((FileTime) found.getOrDefault("lastModifiedTime", FileTime.fromMillis(0)))
                  .to(TimeUnit.NANOSECONDS),
              "");
      return Optional.of(entry.isLink() ? withTarget(entry, file) : entry);
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  private static FileEntry withTarget(FileEntry link, Path file) throws IOException {
    String target = Files.readSymbolicLink(file).toString();
    return new FileEntry(link.path(), link.mode(), link.size(), link.modified(), target);
  }

  /** One way through the folder. */
  private final class Walk {
    private final PathPatterns include;
    private final PathPatterns exclude;
    private final Visitor visitor;

    /** Folders above the current one that were not wished themselves and are not visited yet. */
    private final List<FileEntry> pending = new ArrayList<>();

    Walk(PathPatterns include, PathPatterns exclude, Visitor visitor) {
      this.include = include;
      this.exclude = exclude;
      this.visitor = visitor;
    }

    void folder(String path, Verdict included, Verdict excluded)
        throws IOException, InterruptedException {
      for (String name : names(root.resolve(path))) {
        String child = path.isEmpty() ? name : path + "/" + name;
        Optional<FileEntry> entry = entry(root.resolve(child), child);
        if (entry.isPresent()) {
          consider(entry.get(), include.of(child, included), exclude.of(child, excluded));
        } else if (name.indexOf('\uFFFD') >= 0) {
          throw new ContextException(
              "\""
                  + child
                  + "\" has a name that is not UTF-8, which no image can hold for sure."
                  + " Rename it, or name its folder in .dockerignore");
        }
      }
    }

    private void consider(FileEntry entry, Verdict included, Verdict excluded)
        throws IOException, InterruptedException {
      boolean isWished = (include.isEmpty() || included.fits()) && !excluded.fits();
      boolean isVisited = isWished && entry.isSent();
      if (isVisited) {
        for (FileEntry above : pending) {
          visitor.visit(above);
        }
        pending.clear();
        visitor.visit(entry);
      }
      if (entry.isFolder() && (isWished || mayHoldWished(entry.path(), included, excluded))) {
        if (!isVisited) {
          pending.add(entry);
        }
        folder(entry.path(), included, excluded);
        pending.remove(entry);
      }
    }

    private boolean mayHoldWished(String folder, Verdict included, Verdict excluded) {
      return (include.isEmpty() || included.fits() || include.mayFitBelow(folder, Kind.ORDINARY))
          && (!excluded.fits() || exclude.mayFitBelow(folder, Kind.EXCEPTION));
    }

    private List<String> names(Path folder) throws IOException {
      List<String> names = new ArrayList<>();
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
        for (Path entry : entries) {
          names.add(String.valueOf(entry.getFileName()));
        }
      } catch (NoSuchFileException _) {
        // It was there a moment ago: as if it had not been.
        return List.of();
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
      names.sort(BY_BYTES);
      return names;
    }
  }
}
