package dev.imagebuilder.backend.local;

import dev.imagebuilder.core.BuildBackend;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildOrder;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.pipeline.FolderLock;
import dev.imagebuilder.pipeline.Pipeline;
import dev.imagebuilder.pipeline.PrivateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Runs each build in a private folder on this machine. Safe for any number of builds at once; how
 * many is the caller's business.
 */
public final class LocalBackend implements BuildBackend, AutoCloseable {
  private final LocalBackendOptions options;
  private final Pipeline pipeline;
  private final FolderLock lock;

  private LocalBackend(LocalBackendOptions options, Pipeline pipeline, FolderLock lock) {
    this.options = options;
    this.pipeline = pipeline;
    this.lock = lock;
  }

  /**
   * Takes the working folder and removes what an earlier process has left in it.
   *
   * @throws IOException if another process uses the folder, or it cannot be written
   */
  public static LocalBackend open(LocalBackendOptions options, Pipeline pipeline)
      throws IOException {
    FolderLock lock = FolderLock.take(options.workDir(), "orchestrator.local.workDir");
    try {
      PrivateFolder.empty(builds(options));
      return new LocalBackend(options, pipeline, lock);
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  @Override
  public BuildOutcome run(BuildOrder order, BuildListener listener) throws InterruptedException {
    try {
      Optional<Failed> full = diskFull();
      if (full.isPresent()) {
        return full.get();
      }
      try (var folder = PrivateFolder.create(builds(options), order.id().toString())) {
        return pipeline.run(order, folder.path(), listener);
      }
    } catch (IOException e) {
      return Failed.bySystem(
          FailureReason.INTERNAL,
          "use the build's folder below " + options.workDir() + ": " + e.getMessage(),
          "Check its disk and its permissions");
    }
  }

  @Override
  public String describe() {
    return "local: " + pipeline.describe();
  }

  /** Git settings that a request names count for nothing here: they can name programs to run. */
  @Override
  public Optional<String> refusal(BuildSource source) {
    boolean isOneTime =
        source instanceof BuildSource.Dockerfile(var git, _, _, _, _)
            && !git.extras().oneTimeLogin().isEmpty();
    return isOneTime
        ? Optional.of(
            "unsupported git authentication BASIC_AUTH_OTS (this backend fetches nothing from URLs"
                + " that a request names; send BASIC_AUTH with user and password)")
        : Optional.empty();
  }

  /** Gives the working folder back. Builds must have ended. */
  @Override
  public void close() throws IOException {
    lock.close();
  }

  private Optional<Failed> diskFull() throws IOException {
    long free = Files.getFileStore(options.workDir()).getUsableSpace();
    return free >= options.minFreeBytes()
        ? Optional.empty()
        : Optional.of(
            Failed.bySystem(
                FailureReason.DISK_FULL,
                "only " + (free >> 20) + " MiB are free on the disk of " + options.workDir(),
                "Free some space, or give orchestrator.local.workDir a larger disk"));
  }

  private static Path builds(LocalBackendOptions options) {
    return options.workDir().resolve("builds");
  }
}
