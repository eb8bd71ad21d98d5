package dev.imagebuilder.buildkit.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Finds what paths mean when their links are followed, with the folder as the world: a link to
 * {@code /etc} means the folder's own {@code etc}, and no {@code ..} leads out of it.
 *
 * @see "tonistiigi/fsutil, followlinks.go"
 */
final class FollowedPaths {
  /** As the kernel: longer chains are loops. */
  private static final int MOST_LINKS = 40;

  private final Path root;
  private final SortedSet<String> found = new TreeSet<>();
  private final Set<String> seen = new HashSet<>();
  private final Deque<Open> open = new ArrayDeque<>();

  FollowedPaths(Path root) {
    this.root = root;
  }

  /** A path to look at, and how many links led to it. */
  private record Open(String path, int links) {}

  /** The paths, and those of all links on the way; {@code .} for the whole folder. */
  List<String> resolve(List<String> wished) throws IOException {
    wished.forEach(path -> open.add(new Open(PathPattern.clean("/" + path).substring(1), 0)));
    while (!open.isEmpty()) {
      follow(open.removeFirst());
    }
    return List.copyOf(found);
  }

  private void follow(Open start) throws IOException {
    if (start.path.isEmpty()) {
      found.add(".");
      return;
    }
    String current = "";
    List<String> elements = List.of(start.path.split("/", -1));
    for (int i = 0; i < elements.size(); i++) {
      current = current.isEmpty() ? elements.get(i) : current + "/" + elements.get(i);
      List<String> targets = targets(current);
      if (!targets.isEmpty()) {
        found.add(current);
        String rest = String.join("/", elements.subList(i + 1, elements.size()));
        enqueue(targets, rest, start.links + 1);
        return;
      }
    }
    found.add(current);
  }

  private void enqueue(List<String> targets, String rest, int links) {
    for (String target : targets) {
      String next = PathPattern.clean("/" + target + "/" + rest).substring(1);
      if (links <= MOST_LINKS && seen.add(next)) {
        open.addLast(new Open(next, links));
      }
    }
  }

  /** Where the links of this path lead, from the top of the folder. */
  private List<String> targets(String path) throws IOException {
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (!hasWildcard(name)) {
      return target(path).map(List::of).orElse(List.of());
    }
    Path folder = root.resolve(path).getParent();
    if (folder == null || !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    String above = path.substring(0, path.length() - name.length());
    PathPattern pattern = PathPattern.parse(name);
    List<String> targets = new ArrayList<>();
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.toList()) {
        String child = String.valueOf(entry.getFileName());
        if (pattern.fits(child)) {
          target(above + child).ifPresent(targets::add);
        }
      }
    }
    return targets;
  }

  private Optional<String> target(String path) throws IOException {
    Path file = root.resolve(path);
    if (!Files.isSymbolicLink(file)) {
      return Optional.empty();
    }
    String link = Files.readSymbolicLink(file).toString();
    String above = path.substring(0, Math.max(0, path.lastIndexOf('/')));
    return Optional.of(link.startsWith("/") ? link : above + "/" + link);
  }

  private static boolean hasWildcard(String name) {
    return name.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
  }
}
