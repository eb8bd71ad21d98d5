package dev.imagebuilder.devgit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.FileMode;

/** One entry of a commit's tree: a path with slashes, relative to the root, and what is there. */
public final class GitEntry {
  private final String path;
  private final FileMode mode;
  private final byte[] content;

  private GitEntry(String path, FileMode mode, byte[] content) {
    this.path = path;
    this.mode = mode;
    this.content = content;
  }

  /** A plain file. */
  public static GitEntry file(String path, String content) {
    return new GitEntry(path, FileMode.REGULAR_FILE, utf8(content));
  }

  /** A file that may be run. */
  public static GitEntry executable(String path, String content) {
    return new GitEntry(path, FileMode.EXECUTABLE_FILE, utf8(content));
  }

  /** A symbolic link; the target is stored as given. */
  public static GitEntry symlink(String path, String target) {
    return new GitEntry(path, FileMode.SYMLINK, utf8(target));
  }

  /**
   * Another repository's commit; {@code .gitmodules} is an entry of its own.
   *
   * @param commit 40 hex digits
   */
  public static GitEntry submodule(String path, String commit) {
    return new GitEntry(path, FileMode.GITLINK, utf8(commit));
  }

  /** Everything below a folder but {@code .git}; empty folders are left out, as git does. */
  public static List<GitEntry> allBelow(Path folder) throws IOException {
    List<Path> found;
    try (Stream<Path> walk = Files.walk(folder)) {
      found =
          walk.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
              .sorted()
              .toList();
    }
    List<GitEntry> entries = new ArrayList<>();
    for (Path file : found) {
      Path relative = folder.relativize(file);
      if (!relative.startsWith(".git")) {
        entries.add(read(file, relative.toString().replace('\\', '/')));
      }
    }
    return entries;
  }

  String path() {
    return path;
  }

  FileMode mode() {
    return mode;
  }

  byte[] content() {
    return content;
  }

  private static GitEntry read(Path file, String path) throws IOException {
    if (Files.isSymbolicLink(file)) {
      return symlink(path, Files.readSymbolicLink(file).toString());
    }
    FileMode mode = Files.isExecutable(file) ? FileMode.EXECUTABLE_FILE : FileMode.REGULAR_FILE;
    return new GitEntry(path, mode, Files.readAllBytes(file));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
