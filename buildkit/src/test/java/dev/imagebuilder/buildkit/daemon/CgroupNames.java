package dev.imagebuilder.buildkit.daemon;

import java.nio.file.Path;

/** Lets tests of other packages look for a daemon's control groups. */
public final class CgroupNames {

  private CgroupNames() {}

  /** One path element. */
  public static String of(Path workDir) {
    return DaemonCgroup.of(workDir).substring(1);
  }
}
