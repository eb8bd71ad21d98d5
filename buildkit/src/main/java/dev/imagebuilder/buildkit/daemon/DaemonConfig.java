package dev.imagebuilder.buildkit.daemon;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Writes a buildkitd.toml: nothing of the machine's own configuration counts.
 *
 * @see "moby/buildkit v0.34.2, docs/buildkitd.toml.md"
 */
final class DaemonConfig {
  private final StringBuilder text = new StringBuilder();

  private DaemonConfig() {}

  /**
   * What steps run in.
   *
   * @param cgroup parent of their control groups
   * @param network empty for this machine's
   */
  record Steps(String cgroup, Optional<Cni> network) {}

  /** Where a network of the steps' own is described, and the folder of what makes it. */
  record Cni(Path configuration, Path plugins) {}

  /**
   * The whole file.
   *
   * @param root of its storage
   */
  static String of(OwnBuildkitdOptions options, Path root, Path socket, Steps steps) {
    DaemonConfig config = new DaemonConfig();
    config.line("root = " + quoted(root.toString()));
    config.line("insecure-entitlements = []");
    config.line("[grpc]");
    config.line("address = " + list(List.of("unix://" + socket)));
    // Every step gets it as /dev/otel-grpc.sock; it takes in traces and nothing else.
    config.line("[otel]");
    config.line("socketPath = " + quoted(traces(socket).toString()));
    config.line("[worker.containerd]");
    config.line("enabled = false");
    config.worker(options, steps);
    config.frontends(options.frontends());
    config.line("[history]");
    config.line("maxEntries = 50");
    new TreeMap<>(options.registries()).forEach(config::registry);
    return config.text.toString();
  }

  /** The socket for traces, beside the daemon's own. */
  static Path traces(Path socket) {
    return socket.resolveSibling("otel.sock");
  }

  private void worker(OwnBuildkitdOptions options, Steps steps) {
    line("[worker.oci]");
    line("enabled = true");
    line("snapshotter = \"auto\"");
    line("binary = \"runc\"");
    line("defaultCgroupParent = " + quoted(steps.cgroup()));
    Optional<Cni> network = steps.network();
    line("networkMode = " + quoted(network.isPresent() ? "cni" : "host"));
    if (network.isPresent()) {
      line("cniConfigPath = " + quoted(network.get().configuration().toString()));
      line("cniBinaryPath = " + quoted(network.get().plugins().toString()));
    }
    line("gc = true");
    // The old name for daemons before 0.17; newer ones read the new.
    line("gckeepstorage = " + options.maxCacheBytes());
    line("maxUsedSpace = " + options.maxCacheBytes());
    line("reservedSpace = " + options.maxCacheBytes() / 4);
  }

  private void frontends(Collection<String> allowed) {
    line("[frontend.\"gateway.v0\"]");
    // An empty list would allow all.
    line("enabled = " + !allowed.isEmpty());
    line("allowedRepositories = " + list(allowed.stream().sorted().toList()));
  }

  private void registry(String domain, RegistryHost host) {
    line("[registry." + quoted(domain) + "]");
    if (host.plainHttp()) {
      line("http = true");
    }
    Path ca = host.ca();
    if (ca != null) {
      line("ca = " + list(List.of(ca.toAbsolutePath().toString())));
    }
    if (!host.mirrors().isEmpty()) {
      line("mirrors = " + list(host.mirrors()));
    }
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private static String list(Collection<String> values) {
    return values.stream().map(DaemonConfig::quoted).collect(Collectors.joining(", ", "[", "]"));
  }

  /** A basic string of TOML. */
  private static String quoted(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        default ->
            quoted.append(c < ' ' || c == 0x7f ? "\\u%04x".formatted((int) c) : String.valueOf(c));
      }
    }
    return quoted.append('"').toString();
  }
}
