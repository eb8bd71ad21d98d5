package dev.imagebuilder.pipeline.buildah;

import dev.imagebuilder.pipeline.PrivateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Calls Buildah with a configuration of our own and nothing of the machine's or the user's: its own
 * storage, registries, policy and home. One object for one build; its files are gone when closed.
 */
final class BuildahCalls implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofHours(24);
  private static final List<String> PASSED_ON =
      List.of(
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY",
          "http_proxy",
          "https_proxy",
          "no_proxy",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR");

  private final BuildahOptions options;
  private final Installation installation;
  private final String driver;
  private final PrivateFolder folder;

  private BuildahCalls(
      BuildahOptions options, Installation installation, String driver, PrivateFolder folder) {
    this.options = options;
    this.installation = installation;
    this.driver = driver;
    this.folder = folder;
  }

  /**
   * Writes the files.
   *
   * @param name of the build, one path element
   */
  static BuildahCalls prepare(
      BuildahOptions options, Installation installation, String driver, String name)
      throws IOException {
    PrivateFolder folder = PrivateFolder.create(options.workDir().resolve("builds"), name);
    try {
      var calls = new BuildahCalls(options, installation, driver, folder);
      calls.write();
      return calls;
    } catch (IOException e) {
      folder.close();
      throw e;
    }
  }

  /** A file or folder of this build. */
  Path path(String name) {
    return folder.path().resolve(name);
  }

  /**
   * Calls one of Buildah's commands.
   *
   * @param arguments the command and what follows it
   * @return its exit status
   */
  int call(List<String> arguments, Consumer<byte[]> output)
      throws IOException, InterruptedException {
    List<String> program = new ArrayList<>();
    program.add(installation.buildah().toString());
    program.addAll(List.of("--root", options.workDir().resolve("storage").toString()));
    program.addAll(List.of("--runroot", path("run").toString()));
    program.addAll(List.of("--storage-driver", driver));
    program.addAll(List.of("--registries-conf-dir", path("empty").toString()));
    program.addAll(arguments);
    try {
      return Confined.run(
          new Confined.Command(program, environment(), path("home"), LONGEST), output);
    } catch (TimeoutException e) {
      throw new IOException("buildah " + arguments.getFirst() + " took longer than a day", e);
    }
  }

  /** Says that a registry, with its port, may be asked without TLS; before the first call. */
  void allowPlainHttp(List<String> loopbackHosts) throws IOException {
    StringBuilder text = new StringBuilder("unqualified-search-registries = [\"docker.io\"]\n");
    text.append("short-name-mode = \"disabled\"\n");
    var hosts = new TreeSet<>(options.plainHttpHosts());
    hosts.addAll(loopbackHosts);
    for (String host : hosts) {
      text.append("[[registry]]\nlocation = \"").append(host).append("\"\ninsecure = true\n");
    }
    Files.writeString(path("registries.conf"), text);
  }

  /** What the arguments of a command that runs steps say about isolation. */
  List<String> isolation() {
    return List.of(
        "--isolation",
        "oci",
        "--runtime",
        installation.runtime().toString(),
        "--runtime-flag",
        "root=" + path("runtime"),
        "--hooks-dir",
        path("empty").toString(),
        "--cgroup-parent",
        cgroup());
  }

  /** The parent of the control groups that steps run in. */
  String cgroup() {
    return new CgroupFolders(options.workDir()).of(folder.path().getFileName().toString());
  }

  /** The arguments that say which images may be taken: those in registries. */
  List<String> policy() {
    return List.of("--signature-policy", path("policy.json").toString());
  }

  /** The arguments that say whom to trust. */
  List<String> trust() {
    return options.authorities().isEmpty()
        ? List.of()
        : List.of("--cert-dir", path("authorities").toString());
  }

  @Override
  public void close() throws IOException {
    folder.close();
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    for (String name : PASSED_ON) {
      String value = options.environment().get(name);
      if (value != null) {
        environment.put(name, value);
      }
    }
    environment.put("PATH", options.environment().getOrDefault("PATH", "/usr/sbin:/usr/bin"));
    environment.put("LANG", "C.UTF-8");
    environment.put("HOME", path("home").toString());
    environment.put("TMPDIR", path("tmp").toString());
    environment.put("XDG_RUNTIME_DIR", path("home").toString());
    environment.put("CONTAINERS_CONF", path("containers.conf").toString());
    environment.put("CONTAINERS_REGISTRIES_CONF", path("registries.conf").toString());
    environment.put("CONTAINERS_STORAGE_CONF", path("storage.conf").toString());
    return environment;
  }

  private void write() throws IOException {
    for (String name : List.of("home", "tmp", "run", "runtime", "empty", "authorities")) {
      folder.folder(name);
    }
    int number = 0;
    for (Path authority : options.authorities()) {
      Files.copy(authority, path("authorities").resolve(number++ + ".crt"));
    }
    allowPlainHttp(List.of());
    Files.writeString(
        path("storage.conf"),
        "[storage]\ndriver = \""
            + driver
            + "\"\nrunroot = \""
            + path("run")
            + "\"\ngraphroot = \""
            + options.workDir().resolve("storage")
            + "\"\n");
    Files.writeString(
        path("containers.conf"), "[engine]\ncgroup_manager = \"cgroupfs\"\n[network]\n");
    // Anything but registries is refused: FROM could name files of this machine otherwise.
    Files.writeString(
        path("policy.json"),
        """
        {"default": [{"type": "reject"}],
         "transports": {
           "docker": {"": [{"type": "insecureAcceptAnything"}]},
           "containers-storage": {"": [{"type": "insecureAcceptAnything"}]}}}
        """);
  }
}
