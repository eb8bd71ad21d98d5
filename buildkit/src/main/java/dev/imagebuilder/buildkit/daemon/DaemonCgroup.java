package dev.imagebuilder.buildkit.daemon;

import dev.imagebuilder.core.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control groups of a daemon's steps, which a runtime that is killed leaves behind. */
final class DaemonCgroup {
  private static final Logger log = LoggerFactory.getLogger(DaemonCgroup.class);
  private static final Path ROOT = Path.of("/sys/fs/cgroup");

  private DaemonCgroup() {}

  /** The parent group of a daemon's steps, named after its folder so that it is found again. */
  static String of(Path workDir) {
    byte[] name = workDir.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
    return "/image-builder-buildkitd-" + Digest.of(name).hex().substring(0, 16);
  }

  /** Removes a group with the groups below it, in every hierarchy; fine if there is none. */
  static void remove(String group) {
    removeTree(ROOT.resolve(group.substring(1)));
    try (Stream<Path> hierarchies = Files.list(ROOT)) {
      hierarchies.forEach(hierarchy -> removeTree(hierarchy.resolve(group.substring(1))));
    } catch (IOException _) {
      // A machine without control groups has none of ours.
      return;
    }
  }

  private static void removeTree(Path group) {
    if (!Files.isDirectory(group)) {
      return;
    }
    try (Stream<Path> all = Files.walk(group)) {
      List<Path> folders =
          all.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList();
      for (Path folder : folders) {
        Files.deleteIfExists(folder);
      }
    } catch (IOException | UncheckedIOException e) {
      log.atDebug().addKeyValue("group", group).setCause(e).log("control group stays");
    }
  }
}
