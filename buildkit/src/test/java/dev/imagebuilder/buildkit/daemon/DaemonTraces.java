package dev.imagebuilder.buildkit.daemon;

import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a daemon of ours may leave on this machine outside its folder. */
public final class DaemonTraces {

  private static final Path RESULTS = Path.of("/var/lib/cni/results");

  private DaemonTraces() {}

  /** The name of its control group, with a slash in front. */
  public static String group(Path workDir) {
    return DaemonCgroup.of(workDir);
  }

  /** Its control groups, its bridge and the rules for it, as far as they are there. */
  public static List<String> of(Path workDir) throws IOException {
    List<String> found = new ArrayList<>();
    String group = DaemonCgroup.of(workDir).substring(1);
    try (Stream<Path> all = Files.find(Path.of("/sys/fs/cgroup"), 2, (path, _) -> true)) {
      all.filter(path -> path.endsWith(group)).forEach(path -> found.add(path.toString()));
    }
    var bridge = StepBridge.find(workDir);
    if (bridge.isPresent() && NetworkInterface.getByName(bridge.get().name()) != null) {
      found.add(bridge.get().name());
    }
    if (bridge.isPresent()) {
      String name = bridge.get().name();
      Process rules = new ProcessBuilder("/usr/sbin/iptables-save").start();
      rules.inputReader().lines().filter(rule -> rule.contains(name)).forEach(found::add);
      if (Files.isDirectory(RESULTS)) {
        try (Stream<Path> results = Files.list(RESULTS)) {
          results.map(Path::toString).filter(file -> file.contains(name)).forEach(found::add);
        }
      }
    }
    return found;
  }
}
