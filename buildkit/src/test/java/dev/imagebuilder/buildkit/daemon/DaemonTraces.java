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

  private DaemonTraces() {}

  /** The name of its control group, with a slash in front. */
  public static String group(Path workDir) {
    return DaemonCgroup.of(workDir);
  }

  /** Its control groups and its bridge, as far as they are there. */
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
    return found;
  }
}
