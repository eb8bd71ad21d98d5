package dev.imagebuilder.core;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where images of one name live: the registry's domain with its port, and the path in it, both in
 * normalised form ({@code docker.io} and {@code library/alpine}). Its parts fit into a URL as they
 * are.
 *
 * @see "SPEC 4.4; docker's distribution/reference grammar"
 */
public record Repository(String domain, String path) {

  /** Docker Hub's name in references. */
  public static final String DOCKER_HUB = "docker.io";

  private static final int LONGEST = 255;
  private static final String DOMAIN_PART = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
  private static final Pattern DOMAIN =
      Pattern.compile(
          "(?:" + DOMAIN_PART + "(?:\\." + DOMAIN_PART + ")*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?");
  private static final String COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
  private static final Pattern PATH = Pattern.compile(COMPONENT + "(?:/" + COMPONENT + ")*");

  /**
   * Checks both parts.
   *
   * @throws IllegalArgumentException if one does not fit the grammar; the message says which
   */
  public Repository {
    // First the length: it also bounds what the patterns have to do.
    if (domain.length() + 1 + path.length() > LONGEST) {
      throw new IllegalArgumentException("repository name longer than " + LONGEST);
    }
    if (!DOMAIN.matcher(domain).matches()) {
      throw new IllegalArgumentException("bad registry name");
    }
    if (!PATH.matcher(path).matches()) {
      boolean hasUpper = !path.equals(path.toLowerCase(Locale.ROOT));
      throw new IllegalArgumentException(
          hasUpper ? "repository name must be lower case" : "bad repository name");
    }
  }

  /** {@code domain/path}. */
  @Override
  public String toString() {
    return domain + "/" + path;
  }
}
