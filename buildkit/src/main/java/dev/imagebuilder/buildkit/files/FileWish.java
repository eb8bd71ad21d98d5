package dev.imagebuilder.buildkit.files;

import java.util.List;

/**
 * Which files of a folder an engine asks for.
 *
 * @param folder its name in the session: {@code context}
 * @param include patterns of which one must fit; none for all
 * @param exclude patterns of which none may fit, by the rules of {@code .dockerignore}
 * @param follow paths that are wanted together with what their symbolic links lead to; may have
 *     wildcards
 */
public record FileWish(
    String folder, List<String> include, List<String> exclude, List<String> follow) {
  public FileWish {
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
    follow = List.copyOf(follow);
  }
}
