package dev.imagebuilder.pipeline.buildah;

import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.Engine;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.ImageTransfer;
import dev.imagebuilder.core.Images;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryFailures;
import dev.imagebuilder.pipeline.FolderLock;
import dev.imagebuilder.pipeline.PrivateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds Dockerfiles with Buildah, run as a program for each build with a configuration and a
 * storage of our own. Each RUN step is in namespaces of its own; each run of Buildah is in a
 * process namespace of its own and cannot outlive us. Safe for any number of builds at once.
 */
public final class BuildahEngine implements Engine, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BuildahEngine.class);

  private final BuildahOptions options;
  private final Installation installation;
  private final BuildahProbe.Result probed;
  private final BuildahStorage storage;
  private final Images images;
  private final ImageTransfer transfer;
  private final FolderLock lock;

  private BuildahEngine(
      BuildahOptions options, Installation installation, BuildahProbe.Result probed, Ports ports) {
    this.options = options;
    this.installation = installation;
    this.probed = probed;
    this.storage =
        new BuildahStorage(
            options.workDir().resolve("storage"), probed.driver(), options.maxCacheBytes());
    this.images = ports.images();
    this.transfer = ports.transfer();
    this.lock = ports.lock();
  }

  private record Ports(Images images, ImageTransfer transfer, FolderLock lock) {}

  /**
   * Looks for Buildah on this machine, tries it, and removes what an earlier process has left.
   *
   * @param images tells why a pull failed
   * @param transfer pushes the results; Buildah never gets a credential for that
   * @return empty if Buildah, or runc and crun, are not installed
   * @throws IOException if Buildah is there but does not work, or the working folder is in use
   */
  public static Optional<BuildahEngine> find(
      BuildahOptions options, Images images, ImageTransfer transfer)
      throws IOException, InterruptedException {
    Optional<Installation> installation = Installation.find(options.environment());
    if (installation.isEmpty()) {
      return Optional.empty();
    }
    FolderLock lock = FolderLock.take(options.workDir(), "orchestrator.local.workDir");
    try {
      cleanUp(options);
      var probed = new BuildahProbe(options, installation.get()).run();
      var engine =
          new BuildahEngine(options, installation.get(), probed, new Ports(images, transfer, lock));
      LOG.atInfo().addKeyValue("engine", engine.describe()).log("engine found");
      return Optional.of(engine);
    } catch (IOException | InterruptedException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  @Override
  public String describe() {
    return installation.describe() + ", " + probed.describe();
  }

  @Override
  public Digest build(DockerfileBuild build, BuildListener listener)
      throws BuildFailedException, InterruptedException {
    String name = build.id().toString();
    try (var _ = storage.use();
        BuildahCalls calls = BuildahCalls.prepare(options, installation, probed.driver(), name)) {
      try {
        var bases = new BasePull(calls, secrets(options), images, build.credentials());
        var settings =
            new BuildahBuild.Settings(
                installation.version(), probed.network(), options.maxCacheAge());
        Path layout = new BuildahBuild(build, listener, calls, bases).run(settings);
        return transfer.pushLayout(layout, build.target(), build.credentials());
      } finally {
        removeLeftovers(calls, name);
      }
    } catch (RegistryException e) {
      throw new BuildFailedException(RegistryFailures.of(e, RegistryFailures.Use.PUSH), e);
    } catch (CredentialException e) {
      throw new BuildFailedException(RegistryFailures.of(e), e);
    } catch (IOException e) {
      throw new BuildFailedException(broken(e), e);
    }
  }

  /** Gives the working folder back. Builds must have ended. */
  @Override
  public void close() throws IOException {
    try (lock) {
      cleanUp(options);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // the next start removes what is left
    }
  }

  private static Failed broken(IOException e) {
    String what = String.valueOf(e.getMessage());
    return BuildahFailures.isDiskFull(what)
        ? BuildahFailures.diskFull()
        : Failed.bySystem(FailureReason.INTERNAL, "run buildah: " + what, "");
  }

  /** What a killed Buildah cannot remove itself: working containers and control groups. */
  private void removeLeftovers(BuildahCalls calls, String name) {
    boolean wasInterrupted = Thread.interrupted();
    try {
      List<String> containers = storage.containersOf(calls.cgroup());
      if (!containers.isEmpty()) {
        List<String> remove = new ArrayList<>(List.of("rm"));
        remove.addAll(containers);
        calls.call(remove, _ -> {});
      }
      new CgroupFolders(options.workDir()).remove(name);
    } catch (InterruptedException _) {
      wasInterrupted = true;
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("build", name).setCause(e).log("leftovers of a build stay");
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void cleanUp(BuildahOptions options) throws IOException, InterruptedException {
    new CgroupFolders(options.workDir()).removeAll();
    PrivateFolder.empty(options.workDir().resolve("builds"));
    PrivateFolder.delete(secrets(options));
  }

  /** In memory, where the machine has that; named after the working folder, to be found again. */
  private static Path secrets(BuildahOptions options) {
    Path memory = Path.of("/dev/shm");
    return Files.isWritable(memory)
        ? memory.resolve(CgroupFolders.nameFor(options.workDir()))
        : options.workDir().resolve("secrets");
  }
}
