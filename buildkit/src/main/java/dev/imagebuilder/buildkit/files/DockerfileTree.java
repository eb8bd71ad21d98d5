package dev.imagebuilder.buildkit.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** A Dockerfile and its own ignore file, whatever else is in their folder. */
final class DockerfileTree implements FileTree {
  private static final String USUAL = "Dockerfile";

  /** Others could mean more than themselves as a pattern. */
  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private final String name;
  private final SortedMap<String, Path> files = new TreeMap<>();

  DockerfileTree(Path dockerfile) {
    String own = String.valueOf(dockerfile.getFileName());
    this.name = SAFE.matcher(own).matches() ? own : USUAL;
    files.put(name, dockerfile);
    Path ignore = dockerfile.resolveSibling(own + ".dockerignore");
    if (Files.isRegularFile(ignore, LinkOption.NOFOLLOW_LINKS)) {
      files.put(name + ".dockerignore", ignore);
    }
  }

  String name() {
    return name;
  }

  @Override
  public void visit(FileWish wish, Visitor visitor) throws IOException, InterruptedException {
    for (Map.Entry<String, Path> file : files.entrySet()) {
      var entry = FolderTree.entry(file.getValue(), file.getKey());
      if (entry.isPresent() && isWished(wish, file.getKey())) {
        visitor.visit(entry.get());
      }
    }
  }

  @Override
  public InputStream open(String path) throws IOException {
    Path file = files.get(path);
    if (file == null) {
      throw new ContextException("there is no " + path + " beside the Dockerfile");
    }
    return Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isWished(FileWish wish, String file) {
    return (wish.follow().isEmpty() && wish.include().isEmpty())
        || wish.follow().contains(file)
        || wish.include().contains(file);
  }
}
