package dev.imagebuilder.pipeline.buildah;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which {@code RUN --mount} are let through. Buildah before 1.38.1 follows links in the source of a
 * mount out of the context, the stage and the cache folder, up to this machine's root: there, only
 * forms without a way out are.
 */
record MountRules(BuildahVersion version, Path context) {
  private static final Set<String> TARGET = Set.of("type", "target", "dst", "destination");
  private static final Set<String> CACHE =
      Set.of("id", "sharing", "ro", "readonly", "rw", "readwrite", "mode", "uid", "gid");
  private static final Set<String> BIND = Set.of("source", "from", "ro", "readonly");

  /**
   * Checks the value of one {@code --mount}.
   *
   * @return the stage that it takes its files from, if it does
   */
  Optional<String> check(int line, String mount) throws DockerfileFaultException {
    Map<String, String> options = options(line, mount);
    String from = options.getOrDefault("from", "");
    if (!version.hasSafeMounts()) {
      switch (options.getOrDefault("type", "bind")) {
        case "cache" -> cache(line, options);
        case "bind" -> bind(line, options);
        case "tmpfs", "secret", "ssh" -> {}
        default ->
            throw new DockerfileFaultException(
                line, "--mount type=" + options.get("type") + " is unknown: it needs BuildKit");
      }
    }
    return from.isEmpty() ? Optional.empty() : Optional.of(from);
  }

  private void cache(int line, Map<String, String> options) throws DockerfileFaultException {
    only(line, options, CACHE);
    String id = options.getOrDefault("id", "x");
    if (!id.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*")) {
      throw unsafe(line, "id=" + id);
    }
  }

  private void bind(int line, Map<String, String> options) throws DockerfileFaultException {
    only(line, options, BIND);
    String source = options.getOrDefault("source", "");
    if (options.containsKey("from") && !source.isEmpty() && !source.equals("/")) {
      throw unsafe(line, "source together with from");
    }
    if (!source.isEmpty() && !isInContext(source)) {
      throw unsafe(line, "source=" + source);
    }
  }

  private boolean isInContext(String source) {
    try {
      Path named = Path.of(context + "/" + source).normalize();
      if (source.indexOf('$') >= 0 || !named.startsWith(context)) {
        return false;
      }
      return !Files.exists(named) || named.toRealPath().startsWith(context);
    } catch (IOException | InvalidPathException _) {
      return false;
    }
  }

  private void only(int line, Map<String, String> options, Set<String> allowed)
      throws DockerfileFaultException {
    for (String key : options.keySet()) {
      if (!TARGET.contains(key) && !allowed.contains(key)) {
        throw unsafe(line, key);
      }
    }
  }

  private DockerfileFaultException unsafe(int line, String what) {
    return new DockerfileFaultException(
        line,
        "--mount with "
            + what
            + " is not safe with Buildah "
            + version
            + ": it needs BuildKit, or Buildah 1.38.1");
  }

  private static Map<String, String> options(int line, String mount)
      throws DockerfileFaultException {
    if (mount.indexOf('"') >= 0 || mount.indexOf('\'') >= 0) {
      throw new DockerfileFaultException(line, "--mount with quotes is not supported");
    }
    Map<String, String> options = new HashMap<>();
    for (String option : mount.split(",", -1)) {
      int equals = option.indexOf('=');
      String key = equals < 0 ? option : option.substring(0, equals);
      String name = key.equals("src") ? "source" : key.toLowerCase(Locale.ROOT);
      if (options.put(name, equals < 0 ? "" : option.substring(equals + 1)) != null) {
        throw new DockerfileFaultException(line, "--mount says " + name + " twice");
      }
    }
    return options;
  }
}
