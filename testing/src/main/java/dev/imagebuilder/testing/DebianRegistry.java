package dev.imagebuilder.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Debian's {@code docker-registry} (CNCF distribution 2.8) as a process of its own on a free
 * loopback port, with its data in a temporary folder. Deletion is enabled.
 */
public final class DebianRegistry implements AutoCloseable {
  /** Who may use a registry with {@link Feature#PASSWORD}. */
  public static final String USER = "tester";

  /** The user's password; its colon is there to be got wrong. */
  public static final String PASSWORD = "s3cret:with-colon";

  /** Bcrypt of {@link #PASSWORD}, of the lowest cost since the registry checks every request. */
  private static final String HTPASSWD =
      "tester:$2b$04$abcdefghijklmnopqrstuu8MMHSJZLCXc5nV/hqInMyKafzZWG2Ye\n";

  private static final Pattern LISTENING =
      Pattern.compile("listening on (?:127\\.0\\.0\\.1|\\[::]|localhost):([0-9]+)");
  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  private final TemporaryFolder folder;
  private final Process process;
  private final Set<Feature> features;
  private final int port;

  private DebianRegistry(TemporaryFolder folder, Process process, Set<Feature> features, int port) {
    this.folder = folder;
    this.process = process;
    this.features = features;
    this.port = port;
  }

  /** Starts one and waits until it listens; skips the test where the program is missing. */
  public static DebianRegistry start(Feature... wanted) throws IOException {
    return start("", wanted);
  }

  /**
   * Starts one that wants the tokens of a service.
   *
   * @param realm where tokens are asked for
   * @param tls the folder with which the service signs
   */
  public static DebianRegistry startWithTokens(URI realm, Path tls) throws IOException {
    return start(
        "auth: {token: {realm: \"%s\", service: %s, issuer: %s, rootcertbundle: %s}}\n"
            .formatted(
                realm,
                FakeTokenService.SERVICE,
                FakeTokenService.ISSUER,
                tls.resolve(TlsFiles.AUTHORITY)));
  }

  private static DebianRegistry start(String moreConfig, Feature... wanted) throws IOException {
    Path program = Peers.require("docker-registry", "apt-get install docker-registry");
    Set<Feature> features = EnumSet.noneOf(Feature.class);
    features.addAll(Arrays.asList(wanted));
    TemporaryFolder folder = TemporaryFolder.named("debian-registry");
    Path config = writeFiles(folder.path(), features);
    Files.writeString(config, moreConfig, StandardOpenOption.APPEND);
    Path log = folder.path().resolve("log");
    Process process =
        new ProcessBuilder(program.toString(), "serve", config.toString())
            .directory(folder.path().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      return new DebianRegistry(folder, process, features, awaitPort(process, log));
    } catch (AssertionError e) {
      process.destroyForcibly();
      folder.close();
      throw e;
    }
  }

  /** The registry's domain in references: {@code localhost:port}. */
  public String domain() {
    return "localhost:" + port;
  }

  /** {@code http(s)://localhost:port}, without a slash at the end. */
  public URI address() {
    return URI.create((features.contains(Feature.TLS) ? "https://" : "http://") + domain());
  }

  /** The certificate of the authority that signed the server's, PEM; only there with TLS. */
  public Path authority() {
    return folder.path().resolve(TlsFiles.AUTHORITY);
  }

  /** A client that trusts this registry and has its password. */
  public PlainRegistryClient client() throws IOException {
    PlainRegistryClient client =
        features.contains(Feature.TLS)
            ? PlainRegistryClient.trusting(address(), authority())
            : PlainRegistryClient.of(address());
    return features.contains(Feature.PASSWORD) ? client.withBasic(USER, PASSWORD) : client;
  }

  /**
   * How many uploads are neither finished nor given up. Of one that was given up, distribution 2.8
   * leaves a folder without {@code data}.
   */
  public long openUploads() throws IOException {
    Path data = folder.path().resolve("data");
    if (!Files.exists(data)) {
      return 0;
    }
    try (Stream<Path> all = Files.find(data, 20, (path, _) -> path.endsWith("data"))) {
      return all.filter(file -> file.toString().contains("/_uploads/")).count();
    } catch (UncheckedIOException e) {
      // The registry works on it meanwhile.
      throw new AssertionError("cannot be counted now: " + e, e);
    }
  }

  /** What it has logged so far, a line per request. */
  public String log() throws IOException {
    return Files.readString(folder.path().resolve("log"));
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    folder.close();
  }

  private static Path writeFiles(Path folder, Set<Feature> features) throws IOException {
    StringBuilder config = new StringBuilder();
    config.append("version: 0.1\nlog: {level: info, accesslog: {disabled: false}}\n");
    config.append("storage:\n  filesystem: {rootdirectory: ").append(folder.resolve("data"));
    config.append("}\n  delete: {enabled: true}\n");
    config.append("http:\n  addr: 127.0.0.1:0\n  secret: of-a-test\n");
    if (features.contains(Feature.TLS)) {
      TlsFiles.make(folder);
      config.append("  tls: {certificate: ").append(folder.resolve(TlsFiles.CERTIFICATE));
      config.append(", key: ").append(folder.resolve(TlsFiles.KEY)).append("}\n");
    }
    if (features.contains(Feature.PASSWORD)) {
      Path passwords = Files.writeString(folder.resolve("htpasswd"), HTPASSWD);
      config.append("auth: {htpasswd: {realm: test, path: ").append(passwords).append("}}\n");
    }
    return Files.writeString(folder.resolve("config.yml"), config);
  }

  private static int awaitPort(Process process, Path log) throws IOException {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (System.nanoTime() - end < 0 && process.isAlive()) {
      Optional<Integer> port = port(Files.readString(log));
      if (port.isPresent()) {
        return port.get();
      }
      Eventually.pause();
    }
    throw new AssertionError("docker-registry did not start:\n" + Files.readString(log));
  }

  private static Optional<Integer> port(String log) {
    Matcher listening = LISTENING.matcher(log);
    return listening.find() ? Optional.of(Integer.valueOf(listening.group(1))) : Optional.empty();
  }

  /** What a registry may have beyond storing images. */
  public enum Feature {
    /** Basic authentication with {@link #USER} and {@link #PASSWORD}. */
    PASSWORD,
    /** HTTPS with a certificate of an authority of its own. */
    TLS
  }
}
