package dev.imagebuilder.pipeline.buildah;

import dev.imagebuilder.core.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control groups of one engine's builds, all below one that is named after its working folder:
 * engines beside each other never touch each other's. A runtime that is killed leaves its groups
 * behind; the kernel frees them only when their folders are removed.
 */
final class CgroupFolders {
  private static final Logger LOG = LoggerFactory.getLogger(CgroupFolders.class);
  private static final Path ROOT = Path.of("/sys/fs/cgroup");

  /** How long killed processes may take to leave their group. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final String parent;

  CgroupFolders(Path workDir) {
    this.parent = nameFor(workDir);
  }

  /** A name on this machine for all that belongs to a working folder: found again after a kill. */
  static String nameFor(Path workDir) {
    byte[] path = workDir.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
    return "image-builder-" + Digest.of(path).hex().substring(0, 16);
  }

  /** The parent group of a build's steps. */
  String of(String build) {
    return "/" + parent + "/" + build;
  }

  /** Removes a build's groups, in every hierarchy; fine if there are none. */
  void remove(String build) throws IOException, InterruptedException {
    removeEverywhere(Path.of(parent, build));
  }

  /** Removes the groups of all builds. */
  void removeAll() throws IOException, InterruptedException {
    removeEverywhere(Path.of(parent));
  }

  private static void removeEverywhere(Path group) throws IOException, InterruptedException {
    if (!Files.isDirectory(ROOT)) {
      return;
    }
    removeTree(ROOT.resolve(group));
    try (Stream<Path> hierarchies = Files.list(ROOT)) {
      for (Path hierarchy : hierarchies.filter(Files::isDirectory).toList()) {
        removeTree(hierarchy.resolve(group));
      }
    }
  }

  private static void removeTree(Path group) throws IOException, InterruptedException {
    if (!Files.isDirectory(group)) {
      return;
    }
    List<Path> folders;
    try (Stream<Path> all = Files.walk(group)) {
      folders = all.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList();
    }
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (Path folder : folders) {
      while (!removed(folder)) {
        if (System.nanoTime() > end) {
          LOG.atWarn().addKeyValue("group", folder).log("control group is still in use, it stays");
          return;
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
  }

  /** The kernel answers "busy" while a process, even a dying one, is in the group. */
  private static boolean removed(Path folder) throws IOException {
    try {
      Files.deleteIfExists(folder);
      return true;
    } catch (FileSystemException e) {
      LOG.atTrace().addKeyValue("group", folder).setCause(e).log("control group is in use");
      return false;
    }
  }
}
