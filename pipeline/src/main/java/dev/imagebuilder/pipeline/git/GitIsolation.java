package dev.imagebuilder.pipeline.git;

import java.time.Instant;
import java.util.Locale;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/**
 * Keeps JGit from reading what belongs to the machine or its user: no system or user configuration
 * (which may name filters, hooks, proxies and URL rewrites), no {@code GIT_…} variables. JGit knows
 * one reader for the whole process, so it is set once.
 */
final class GitIsolation extends SystemReader {
  private final SystemReader machine;

  private GitIsolation(SystemReader machine) {
    this.machine = machine;
    setPlatformChecker();
  }

  /** Isolates this process; without effect the second time. */
  static synchronized void install() {
    if (!(SystemReader.getInstance() instanceof GitIsolation)) {
      SystemReader.setInstance(new GitIsolation(SystemReader.getInstance()));
    }
  }

  /** File access that asks neither a git program nor the home folder. */
  static FS files() {
    return FS.DETECTED.newInstance().setGitSystemConfig(null).setUserHome(null);
  }

  @Override
  public String getHostname() {
    return machine.getHostname();
  }

  @Override
  public @Nullable String getenv(String variable) {
    String upper = variable.toUpperCase(Locale.ROOT);
    return upper.startsWith("GIT_") || upper.startsWith("XDG_") ? null : machine.getenv(variable);
  }

  @Override
  public @Nullable String getProperty(String key) {
    return machine.getProperty(key);
  }

  @Override
  public FileBasedConfig openUserConfig(@Nullable Config parent, FS fs) {
    return new Nothing(parent, fs);
  }

  @Override
  public FileBasedConfig openSystemConfig(@Nullable Config parent, FS fs) {
    return new Nothing(parent, fs);
  }

  @Override
  public FileBasedConfig openJGitConfig(@Nullable Config parent, FS fs) {
    return new Nothing(parent, fs);
  }

  @Override
  @SuppressWarnings("deprecation")
  public long getCurrentTime() {
    return Instant.now().toEpochMilli();
  }

  @Override
  @SuppressWarnings("deprecation")
  public int getTimezone(long when) {
    return machine.getTimeZoneAt(Instant.ofEpochMilli(when)).getTotalSeconds() / 60;
  }

  /** An empty configuration without a file. */
  private static final class Nothing extends FileBasedConfig {

    // A configuration that is never loaded nor saved needs no file.
    @SuppressWarnings("NullAway")
    Nothing(@Nullable Config parent, FS fs) {
      super(parent, null, fs);
    }

    @Override
    public void load() {}

    @Override
    public void save() {}

    @Override
    public boolean isOutdated() {
      return false;
    }

    @Override
    public String toString() {
      return "no configuration";
    }
  }
}
