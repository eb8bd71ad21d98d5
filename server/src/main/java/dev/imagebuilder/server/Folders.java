package dev.imagebuilder.server;

import java.nio.file.Path;
import java.util.Map;

/** Where files are, by the configuration and the environment. */
final class Folders {
  private Folders() {}

  /** The configured folder, else the user's data folder as the XDG base directories name it. */
  static Path data(String configured, Map<String, String> environment) {
    if (!configured.isEmpty()) {
      return Path.of(configured).toAbsolutePath();
    }
    String xdg = environment.getOrDefault("XDG_DATA_HOME", "");
    Path share =
        xdg.startsWith("/")
            ? Path.of(xdg)
            : Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")))
                .resolve(".local/share");
    return share.resolve("image-builder").toAbsolutePath();
  }

  /** A file of the configuration where a Telepresence session mounted the remote's files. */
  static Path underTelepresence(String file, Map<String, String> environment) {
    String root = environment.getOrDefault("TELEPRESENCE_ROOT", "");
    return root.isEmpty() ? Path.of(file) : Path.of(root + "/" + file).normalize();
  }
}
