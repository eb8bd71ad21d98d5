package dev.imagebuilder.pipeline.buildah;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control groups of builds, all below one of our own. A runtime that is killed leaves its
 * groups behind; the kernel frees them only when their folders are removed.
 */
final class CgroupFolders {
  private static final Logger LOG = LoggerFactory.getLogger(CgroupFolders.class);
  private static final Path ROOT = Path.of("/sys/fs/cgroup");

  private CgroupFolders() {}

  /** The parent group of a build's steps. */
  static String of(String build) {
    return "/image-builder/" + build;
  }

  /** Removes a group with the groups below it, in every hierarchy; fine if there is none. */
  static void remove(String group) throws IOException {
    if (!Files.isDirectory(ROOT)) {
      return;
    }
    removeTree(ROOT.resolve(group.substring(1)));
    try (Stream<Path> hierarchies = Files.list(ROOT)) {
      for (Path hierarchy : hierarchies.filter(Files::isDirectory).toList()) {
        removeTree(hierarchy.resolve(group.substring(1)));
      }
    }
  }

  private static void removeTree(Path group) throws IOException {
    if (!Files.isDirectory(group)) {
      return;
    }
    List<Path> folders;
    try (Stream<Path> all = Files.walk(group)) {
      folders = all.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList();
    }
    for (Path folder : folders) {
      try {
        Files.deleteIfExists(folder);
      } catch (DirectoryNotEmptyException _) {
        LOG.atDebug().addKeyValue("group", folder).log("group came back while it was removed");
      }
    }
  }
}
