package dev.imagebuilder.core;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Where the Dockerfile and the build context are, below {@code /workspace}, which stands for the
 * checkout.
 *
 * @see "SPEC 4.6"
 */
public record BuildPaths(String dockerfile, String context) {
  private static final String ROOT = "/workspace";
  private static final int LONGEST = 4096;

  /**
   * Maps the paths of a request.
   *
   * @throws IllegalArgumentException if a mapped path is outside {@code /workspace}, or is no path
   */
  public static BuildPaths map(String dockerfilePath, String contextPath) {
    String dockerfile = clean(ROOT + "/" + dockerfilePath);
    String context = contextPath;
    if (context.isEmpty()) {
      int slash = dockerfile.lastIndexOf('/');
      context = slash <= 0 ? "/" : dockerfile.substring(0, slash);
    }
    if (context.startsWith(ROOT)) {
      context = context.substring(ROOT.length());
    }
    return new BuildPaths(
        inside(dockerfile, "dockerfile_path", dockerfilePath),
        inside(clean(ROOT + "/" + context), "context_path", contextPath));
  }

  /** The Dockerfile's path relative to the checkout; empty for the checkout itself. */
  public String dockerfileInCheckout() {
    return inCheckout(dockerfile);
  }

  /** The context's path relative to the checkout; empty for the checkout itself. */
  public String contextInCheckout() {
    return inCheckout(context);
  }

  private static String inCheckout(String path) {
    return path.equals(ROOT) ? "" : path.substring(ROOT.length() + 1);
  }

  private static String inside(String mapped, String field, String given) {
    if (given.indexOf('\0') >= 0 || given.length() > LONGEST) {
      throw new IllegalArgumentException(
          field + " is not a path: " + (given.length() > LONGEST ? "too long" : "has a NUL"));
    }
    if (!mapped.equals(ROOT) && !mapped.startsWith(ROOT + "/")) {
      throw new IllegalArgumentException(
          field + " leaves the checkout: \"" + given + "\" is " + mapped);
    }
    return mapped;
  }

  /** Collapses {@code //}, {@code .} and {@code ..} of an absolute path, never above the root. */
  private static String clean(String path) {
    Deque<String> kept = new ArrayDeque<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        kept.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        kept.addLast(part);
      }
    }
    return "/" + String.join("/", kept);
  }
}
