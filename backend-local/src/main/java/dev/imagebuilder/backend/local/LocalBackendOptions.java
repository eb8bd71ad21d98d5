package dev.imagebuilder.backend.local;

import java.nio.file.Path;

/**
 * Where builds on this machine keep their files.
 *
 * @param workDir one process's own
 * @param minFreeBytes that its disk must have when a build begins
 */
public record LocalBackendOptions(Path workDir, long minFreeBytes) {

  /** At least 1 GiB free. */
  public static LocalBackendOptions defaults(Path workDir) {
    return new LocalBackendOptions(workDir, 1L << 30);
  }
}
