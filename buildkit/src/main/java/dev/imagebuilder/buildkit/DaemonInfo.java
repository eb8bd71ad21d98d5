package dev.imagebuilder.buildkit;

import dev.imagebuilder.core.Platform;
import java.util.List;
import java.util.Map;

/**
 * What a daemon says of itself.
 *
 * @param version without v; empty where it is too old to say
 * @param labels of its first worker: its snapshotter, its network
 * @param platforms that its first worker can build for, its own first
 */
record DaemonInfo(String version, Map<String, String> labels, List<Platform> platforms) {
  private static final String LABELS = "org.mobyproject.buildkit.worker.";

  DaemonInfo {
    labels = Map.copyOf(labels);
    platforms = List.copyOf(platforms);
  }

  /** {@code overlayfs}, {@code native}; empty if not said. */
  String snapshotter() {
    return labels.getOrDefault(LABELS + "snapshotter", "");
  }

  /** {@code host}, {@code cni}, {@code bridge}; empty if not said. */
  String network() {
    return labels.getOrDefault(LABELS + "network", "");
  }
}
