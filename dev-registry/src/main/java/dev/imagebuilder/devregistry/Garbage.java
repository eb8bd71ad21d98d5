package dev.imagebuilder.devregistry;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.devregistry.DevRegistryOptions.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Removes what nobody refers to. One repository at a time is locked, then once the contents; pushes
 * wait that long, pulls never.
 */
final class Garbage {
  private final Disk disk;
  private final Layout layout;
  private final BlobStore blobs;
  private final ManifestStore manifests;
  private final Limits limits;
  private final InstantSource clock;

  Garbage(Storage storage, Limits limits, InstantSource clock) {
    this.disk = storage.disk();
    this.layout = storage.layout();
    this.blobs = storage.blobs();
    this.manifests = storage.manifests();
    this.limits = limits;
    this.clock = clock;
  }

  GcReport collect() throws IOException {
    int removed = 0;
    for (RepositoryName name : layout.names()) {
      disk.removing().lock();
      try {
        removed += clean(name);
      } finally {
        disk.removing().unlock();
      }
    }
    disk.removing().lock();
    try {
      return sweep(removed);
    } finally {
      disk.removing().unlock();
    }
  }

  private int clean(RepositoryName name) throws IOException {
    Map<Digest, Manifest> all = new HashMap<>();
    for (Digest digest : manifests.list(name)) {
      var stored = manifests.get(name, digest);
      if (stored.isPresent()) {
        all.put(digest, ManifestStore.parsed(stored.get()));
      }
    }
    Set<Digest> kept = kept(name, all);
    Set<Digest> needed = new HashSet<>();
    int removed = 0;
    for (Map.Entry<Digest, Manifest> one : all.entrySet()) {
      if (kept.contains(one.getKey())) {
        needed.addAll(one.getValue().blobs());
      } else {
        manifests.remove(name, one.getKey(), one.getValue());
        removed++;
      }
    }
    Instant young = clock.instant().minus(limits.blobGrace());
    for (Digest blob : blobs.list(name)) {
      Path mark = layout.blobMark(name, blob);
      if (!needed.contains(blob) && isOlder(mark, young)) {
        disk.remove(mark);
      }
    }
    for (Path part : Disk.list(layout.repository(name))) {
      disk.removeEmpty(part, layout.repositories());
    }
    return removed;
  }

  /** The tagged and the young, what they list, and what is about them. */
  private Set<Digest> kept(RepositoryName name, Map<Digest, Manifest> all) throws IOException {
    Deque<Digest> open = new ArrayDeque<>();
    for (String tag : manifests.tags(name)) {
      manifests.tagged(name, tag).ifPresent(open::add);
    }
    Instant young = clock.instant().minus(limits.untaggedAge());
    for (Digest digest : all.keySet()) {
      if (!isOlder(layout.manifest(name, digest), young)) {
        open.add(digest);
      }
    }
    Set<Digest> kept = new HashSet<>();
    while (!open.isEmpty()) {
      Digest digest = open.remove();
      Manifest manifest = all.get(digest);
      if (manifest != null && kept.add(digest)) {
        open.addAll(manifest.children());
        open.addAll(manifests.referrers(name, digest));
      }
    }
    return kept;
  }

  /** Removes contents that are in no repository. */
  private GcReport sweep(int removedManifests) throws IOException {
    Set<Digest> needed = new HashSet<>();
    for (RepositoryName name : layout.names()) {
      needed.addAll(blobs.list(name));
      needed.addAll(manifests.list(name));
    }
    int removed = 0;
    long bytes = 0;
    for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
      for (Path folder : Disk.list(layout.contents().resolve(algorithm.toString()))) {
        for (Path content : Disk.list(folder)) {
          String hex = String.valueOf(content.getFileName());
          if (!needed.contains(new Digest(algorithm, hex))) {
            bytes += Files.size(content);
            removed++;
            disk.remove(content);
          }
        }
      }
    }
    return new GcReport(removedManifests, removed, bytes);
  }

  private static boolean isOlder(Path file, Instant than) throws IOException {
    return Files.getLastModifiedTime(file).toInstant().isBefore(than);
  }
}
