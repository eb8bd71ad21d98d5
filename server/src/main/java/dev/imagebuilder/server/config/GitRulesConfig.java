package dev.imagebuilder.server.config;

import java.util.List;

/** Which git repositories may be built from. */
public record GitRulesConfig(
    @Described("URL schemes, of `https` and `http`.") List<String> allowedSchemes,
    @Described("Host names in lower case, without port. Empty: all.") List<String> allowedHosts) {

  public GitRulesConfig {
    allowedSchemes = List.copyOf(allowedSchemes);
    allowedHosts = List.copyOf(allowedHosts);
  }

  /** What holds for a group without any key. */
  public static GitRulesConfig defaults() {
    return new GitRulesConfig(List.of("https", "http"), List.of());
  }
}
