package dev.imagebuilder.pipeline.git;

import java.util.Locale;
import java.util.Set;

/**
 * Which remotes may be asked.
 *
 * @param schemes of {@code http} and {@code https}; no other is ever asked
 * @param hosts names, in lower case and without port; empty for any
 */
public record GitPolicy(Set<String> schemes, Set<String> hosts) {
  private static final Set<String> KNOWN = Set.of("http", "https");

  public GitPolicy {
    schemes = Set.copyOf(schemes);
    hosts = Set.copyOf(hosts);
    for (String scheme : schemes) {
      if (!KNOWN.contains(scheme)) {
        throw new IllegalArgumentException(
            "git scheme " + scheme + " cannot be allowed, only http and https");
      }
    }
  }

  /** Any host by http and https. */
  public static GitPolicy defaults() {
    return new GitPolicy(KNOWN, Set.of());
  }

  /**
   * Refuses what is not allowed.
   *
   * @throws IllegalArgumentException says why
   */
  void check(GitUrl url) {
    if (!schemes.contains(url.scheme())) {
      throw new IllegalArgumentException(
          url.scheme() + " is not among the allowed schemes " + String.join(", ", schemes));
    }
    if (!hosts.isEmpty() && !hosts.contains(url.host().toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "the host " + url.host() + " is not among the allowed ones");
    }
  }
}
