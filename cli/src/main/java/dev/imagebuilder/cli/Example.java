package dev.imagebuilder.cli;

import dev.imagebuilder.devgit.GitEntry;
import dev.imagebuilder.devgit.GitRepository;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The example of the sources, {@code examples/workspace}, as a git repository. */
final class Example {
  /** The repository's name. */
  static final String NAME = "workspace";

  /** The branch that it is on. */
  static final String BRANCH = "main";

  private static final String RESOURCE = "/examples/workspace";

  private Example() {}

  /**
   * Makes the repository {@code workspace.git} in a folder, or brings the one that is there up to
   * date. Equal files and an equal base give an equal commit.
   *
   * @param base what the Dockerfile's argument BASE stands for
   * @return the commit, 40 hex digits
   */
  static String commitTo(Path folder, String base) throws IOException {
    Path files = Files.createTempDirectory("image-builder-example");
    try (GitRepository repository = GitRepository.bare(folder.resolve(NAME + ".git"))) {
      unpack(files);
      Path dockerfile = files.resolve("Dockerfile");
      String text = Files.readString(dockerfile);
      Files.writeString(dockerfile, text.replaceFirst("(?m)^ARG BASE=.*$", "ARG BASE=" + base));
      List<GitEntry> entries = GitEntry.allBelow(files);
      return repository.replace(BRANCH, "A small workspace", entries);
    } finally {
      Folders.delete(files);
    }
  }

  private static void unpack(Path target) throws IOException {
    URL resource = Objects.requireNonNull(Example.class.getResource(RESOURCE), RESOURCE);
    try {
      URI uri = resource.toURI();
      if (uri.getScheme().equals("jar")) {
        try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
          copy(jar.getPath(RESOURCE), target);
        }
      } else {
        copy(Path.of(uri), target);
      }
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a resource's URL is a URI", e);
    }
  }

  private static void copy(Path source, Path target) throws IOException {
    try (Stream<Path> below = Files.walk(source)) {
      for (Path path : below.toList()) {
        Path to = target.resolve(source.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(to);
        } else {
          Files.write(to, Files.readAllBytes(path));
        }
      }
    }
  }
}
