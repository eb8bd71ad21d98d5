package dev.imagebuilder.registry;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.CredentialSource;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Credentials of a Docker configuration file, read again when it is replaced. Thread-safe.
 *
 * @see "SPEC 5.1"
 */
public final class DockerConfig implements CredentialSource, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DockerConfig.class);
  private static final Duration HELPER_LIMIT = Duration.ofSeconds(30);

  /** How Docker's CLI calls Docker Hub when it logs in, and what else stands for it. */
  private static final List<String> HUB_KEYS =
      List.of(
          "https://index.docker.io/v1/", "docker.io", "index.docker.io", "registry-1.docker.io");

  private final Path file;
  private final Dialect dialect;
  private final @Nullable WatchedFile watched;
  private final CredentialHelper helpers;
  private final ReentrantLock reloading = new ReentrantLock();
  private volatile Content content;

  private DockerConfig(Path file, Dialect dialect, CredentialHelper helpers)
      throws CredentialException {
    this.file = file;
    this.dialect = dialect;
    this.helpers = helpers;
    this.content = Content.NOTHING;
    if (dialect == Dialect.USER && !Files.exists(file)) {
      this.watched = null;
      return;
    }
    WatchedFile its = watch(file);
    this.watched = its;
    try {
      reload(its);
    } catch (CredentialException e) {
      its.close();
      throw e;
    }
  }

  /**
   * Reads what {@link #ofInstallation} would, and keeps nothing of it.
   *
   * @throws CredentialException where that would throw it
   */
  public static void check(Path file) throws CredentialException {
    try (WatchedFile its = watch(file)) {
      var _ = read(file, its);
    }
  }

  /**
   * The installation's pull secret: read and checked now. Docker Hub's URL-style key is not an
   * alias of {@code docker.io} here, as it is not for mk3.
   *
   * @throws CredentialException if the file cannot be read or is not a Docker configuration
   */
  public static DockerConfig ofInstallation(Path file) throws CredentialException {
    return ofInstallation(file, helpersOnPath());
  }

  static DockerConfig ofInstallation(Path file, CredentialHelper helpers)
      throws CredentialException {
    return new DockerConfig(file, Dialect.INSTALLATION, helpers);
  }

  /**
   * A user's own configuration, where Docker Hub's old names count for {@code docker.io}. A file
   * that is missing knows nobody.
   *
   * @throws CredentialException if the file is there and is not a Docker configuration
   */
  public static DockerConfig ofUser(Path file) throws CredentialException {
    return ofUser(file, helpersOnPath());
  }

  static DockerConfig ofUser(Path file, CredentialHelper helpers) throws CredentialException {
    return new DockerConfig(file, Dialect.USER, helpers);
  }

  /** Where Docker's CLI keeps a user's configuration: {@code $DOCKER_CONFIG}, else the home. */
  public static Path userFile(Map<String, String> environment) {
    String folder = environment.getOrDefault("DOCKER_CONFIG", "");
    Path home = Path.of(environment.getOrDefault("HOME", "/"));
    return (folder.isEmpty() ? home.resolve(".docker") : Path.of(folder)).resolve("config.json");
  }

  @Override
  public Credential find(String domain) throws CredentialException {
    reloadIfReplaced();
    DockerConfigFile config = content.config();
    boolean isHub = dialect == Dialect.USER && domain.equals(Repository.DOCKER_HUB);
    List<String> keys = isHub ? HUB_KEYS : List.of(domain);
    for (String key : keys) {
      Optional<String> helper = config.helperFor(key);
      if (helper.isPresent()) {
        return ask(helper.get(), key);
      }
    }
    if (!config.store().isEmpty()) {
      return ask(config.store(), keys.getFirst());
    }
    for (String key : keys) {
      Optional<Credential> found = config.auth(key);
      if (found.isPresent()) {
        return found.get();
      }
    }
    return Credential.anonymous();
  }

  /** Stops watching the file; what was read last stays in force. */
  @Override
  public void close() {
    WatchedFile its = watched;
    if (its != null) {
      its.close();
    }
  }

  private static CredentialHelper helpersOnPath() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return new CredentialHelper(path, HELPER_LIMIT, InstantSource.system());
  }

  private Credential ask(String helper, String server) throws CredentialException {
    try {
      return helpers.find(helper, server);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new CredentialException("interrupted while asking docker-credential-" + helper);
    }
  }

  /** Whoever finds another at it goes on with what is known. */
  private void reloadIfReplaced() {
    WatchedFile its = watched;
    if (its == null || !reloading.tryLock()) {
      return;
    }
    try {
      if (its.mayHaveChanged()) {
        reload(its);
      }
    } catch (CredentialException e) {
      LOG.atError()
          .addKeyValue("file", file)
          .addKeyValue("cause", e.getMessage())
          .log("replaced docker config is broken, the old one stays in force");
    } finally {
      reloading.unlock();
    }
  }

  private void reload(WatchedFile its) throws CredentialException {
    Content found = read(file, its);
    if (!Objects.equals(found.digest(), content.digest())) {
      content = found;
      LOG.atInfo().addKeyValue("file", file).log("docker config read");
    }
  }

  private static WatchedFile watch(Path file) throws CredentialException {
    try {
      return new WatchedFile(file);
    } catch (IOException e) {
      throw new CredentialException(
          "docker config " + file + ": its folder cannot be watched: " + e);
    }
  }

  private static Content read(Path file, WatchedFile its) throws CredentialException {
    try {
      byte[] bytes = its.read();
      return new Content(DockerConfigFile.parse(bytes), Digest.of(bytes));
    } catch (NoSuchFileException _) {
      throw new CredentialException("docker config " + file + ": no such file");
    } catch (IOException e) {
      throw new CredentialException("docker config " + file + ": cannot be read: " + e);
    } catch (CredentialException e) {
      throw new CredentialException("docker config " + file + ": " + e.getMessage());
    }
  }

  private enum Dialect {
    INSTALLATION,
    USER
  }

  /**
   * What was read last.
   *
   * @param digest of the file's bytes, null if there was no file
   */
  private record Content(DockerConfigFile config, @Nullable Digest digest) {
    static final Content NOTHING = new Content(DockerConfigFile.EMPTY, null);
  }
}
