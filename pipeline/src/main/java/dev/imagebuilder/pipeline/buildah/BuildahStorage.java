package dev.imagebuilder.pipeline.buildah;

import dev.imagebuilder.pipeline.PrivateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Buildah's storage: a cache that is emptied when it grows above its limit. Buildah does not record
 * when an image was last used, so there is nothing to choose by. It is emptied while no build runs;
 * at twice its limit new builds wait for that.
 */
final class BuildahStorage {
  private static final Logger LOG = LoggerFactory.getLogger(BuildahStorage.class);
  private static final long DRAIN_SECONDS = 600;

  private final Path root;
  private final String driver;
  private final long maxBytes;
  private final ReentrantReadWriteLock users = new ReentrantReadWriteLock(true);

  BuildahStorage(Path root, String driver, long maxBytes) {
    this.root = root;
    this.driver = driver;
    this.maxBytes = maxBytes;
  }

  /** Keeps the storage from being emptied. */
  interface Use extends AutoCloseable {
    @Override
    void close();
  }

  /** Begins to use it on this thread; empties it first if it is too large and nobody uses it. */
  Use use() throws IOException, InterruptedException {
    long bytes = bytes();
    if (bytes > maxBytes) {
      emptyWhenFree(bytes > 2 * maxBytes ? DRAIN_SECONDS : 0);
    }
    users.readLock().lockInterruptibly();
    return () -> users.readLock().unlock();
  }

  /** The sum of the layers' sizes, from Buildah's own list. */
  long bytes() throws IOException {
    return entries(driver + "-layers", "layers.json").stream()
        .mapToLong(layer -> layer.path("diff-size").asLong(0))
        .sum();
  }

  /**
   * The working containers that a build has left.
   *
   * @param cgroup the parent group that its steps ran in: Buildah records it with each container
   */
  List<String> containersOf(String cgroup) throws IOException {
    String folder = driver + "-containers";
    List<String> found = new ArrayList<>();
    for (JsonNode container : entries(folder, "containers.json")) {
      String id = container.path("id").asString("");
      Path state = root.resolve(folder).resolve(id).resolve("userdata/buildah.json");
      if (Files.exists(state) && Files.readString(state).contains('"' + cgroup + '"')) {
        found.add(id);
      }
    }
    return found;
  }

  /** Removes everything; nobody may use it. */
  void empty() throws IOException {
    PrivateFolder.delete(root);
  }

  private void emptyWhenFree(long patience) throws IOException, InterruptedException {
    if (!users.writeLock().tryLock(patience, TimeUnit.SECONDS)) {
      LOG.atWarn().addKeyValue("storage", root).log("engine storage too large, but in use");
      return;
    }
    try {
      if (bytes() > maxBytes) {
        LOG.atInfo().addKeyValue("storage", root).log("engine storage emptied");
        empty();
      }
    } finally {
      users.writeLock().unlock();
    }
  }

  /** Buildah keeps its lists in files that it replaces as a whole; newer ones have a second. */
  private List<JsonNode> entries(String folder, String name) throws IOException {
    List<JsonNode> entries = new ArrayList<>();
    for (String file : List.of(name, "volatile-" + name)) {
      Path list = root.resolve(folder).resolve(file);
      if (Files.exists(list)) {
        try {
          JsonMapper.shared().readTree(Files.readAllBytes(list)).forEach(entries::add);
        } catch (JacksonException e) {
          throw new IOException("read " + list, e);
        }
      }
    }
    return entries;
  }
}
