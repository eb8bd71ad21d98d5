package dev.imagebuilder.bench;

import dev.imagebuilder.buildkit.daemon.OwnBuildkitd;
import dev.imagebuilder.buildkit.daemon.OwnBuildkitdOptions;
import dev.imagebuilder.devgit.GitEntry;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.builder.BuildSourceDockerfile;
import dev.imagebuilder.proto.contentservice.CloneTargetMode;
import dev.imagebuilder.proto.contentservice.GitInitializer;
import dev.imagebuilder.proto.contentservice.WorkspaceInitializer;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.GitRepositories;
import dev.imagebuilder.testing.TemporaryFolder;
import dev.imagebuilder.testing.TestImages;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Builds through the service in turn with {@code buildctl build}: one daemon, one registry. */
final class BuildkitBench implements AutoCloseable {
  private static final int RUNS = 7;
  private static final int FILES = 2000;
  private static final int MEBIBYTES = 300;
  private static final int LARGE_RUNS = 3;
  private static final String LARGE = "one file of 300 MB";
  private static final String SMALL_HEAP = "-Xmx128m";

  private final DebianRegistry registry = DebianRegistry.start();
  private final TemporaryFolder folder = TemporaryFolder.named("bench-buildkit");
  private final GitRepositories git = GitRepositories.open();
  private final OwnBuildkitd daemon;
  private final Service service;
  private final String address;
  private int names;

  private BuildkitBench() throws Exception {
    registry.client().push("busybox", "1", TestImages.busybox());
    daemon =
        OwnBuildkitd.find(
                OwnBuildkitdOptions.defaults(folder.path().resolve("daemon"), System.getenv()))
            .orElseThrow(() -> new IOException("no buildkitd on PATH"));
    address = daemon.address().toString();
    service = new Service(registry.domain(), engine(address));
  }

  private static String engine(String address) {
    return "\"engine\": \"buildkit\", \"buildkit\": {\"address\": \"" + address + "\"}";
  }

  static void run() throws Exception {
    try (BuildkitBench bench = new BuildkitBench()) {
      bench.cached("fully cached, service just started");
      bench.cached("fully cached, after some builds");
      bench.touchedFiles();
      bench.largeFile();
      bench.smallHeaps();
      bench.sample();
    }
  }

  /** A commit that changes nothing the Dockerfile copies. */
  private void cached(String what) throws Exception {
    Path context = Files.createDirectories(folder.path().resolve("cached"));
    String dockerfile = from() + "COPY app /app\nRUN cat /app >/built\n";
    write(context, Map.of("Dockerfile", dockerfile, "app", "app", ".dockerignore", "note\n"));
    compare(
        what,
        context,
        run -> {
          write(context, Map.of("note", what + run));
          return commit(context, "cached");
        });
  }

  private void touchedFiles() throws Exception {
    Path context = Files.createDirectory(folder.path().resolve("touched"));
    write(context, Map.of("Dockerfile", from() + "COPY . /all\n"));
    Change change =
        run -> {
          Map<String, String> files = new HashMap<>();
          for (int i = 0; i < FILES; i++) {
            files.put("d" + i % 50 + "/f" + i, "file " + i + " of run " + run + "\n");
          }
          write(context, files);
          return commit(context, "touched");
        };
    compare(FILES + " touched files", context, change);
    compareFetched(FILES + " touched files", context, RUNS, change);
  }

  private void largeFile() throws Exception {
    Path context = Files.createDirectory(folder.path().resolve("large"));
    write(context, Map.of("Dockerfile", from() + "COPY large /\n"));
    compare(
        LARGE,
        context,
        run -> {
          random(context.resolve("large"), run);
          return "";
        });
    compareFetched(
        LARGE,
        context,
        LARGE_RUNS,
        run -> {
          random(context.resolve("large"), run);
          return "large " + git.commit("large", "main", GitEntry.allBelow(context));
        });
  }

  /** From a git repository once that is fetched: its transfer is git's affair. */
  private void compareFetched(String what, Path context, int runs, Change change) throws Exception {
    long[] ours = new long[runs];
    long[] peer = new long[runs];
    for (int run = 0; run < runs; run++) {
      String[] commit = change.make(1000 + run).split(" ", -1);
      ours[run] = afterTheFetch(git.url(commit[0]) + "#" + commit[1]);
      var _ = change.make(2000 + run);
      peer[run] = buildctl(context);
    }
    Main.row(what + ": buildctl build, again", seconds(peer));
    Main.row(what + ": through the service, git, after the fetch", seconds(ours));
  }

  /** From the engine's first step on. */
  private long afterTheFetch(String url) throws IOException, InterruptedException {
    Process process =
        service
            .client("build", url, "--json")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long began = 0;
    try (BufferedReader events = process.inputReader()) {
      for (String event = events.readLine(); event != null; event = events.readLine()) {
        if (began == 0 && event.startsWith("{\"event\":\"step\"")) {
          began = System.nanoTime();
        }
      }
    }
    if (process.waitFor() != 0) {
      throw new IOException("the build of " + url + " failed");
    }
    return System.nanoTime() - began;
  }

  /** A service and a client that may use 128 MB of heap each. */
  private void smallHeaps() throws Exception {
    Path context = folder.path().resolve("large");
    try (Service small = Service.withHeap(SMALL_HEAP, registry.domain(), engine(address))) {
      long[] times = new long[LARGE_RUNS];
      for (int run = 0; run < times.length; run++) {
        random(context.resolve("large"), 3000 + run);
        times[run] = process(small.client("build", context.toString()));
      }
      Main.row(LARGE + ": image-builder build DIRECTORY, both with " + SMALL_HEAP, seconds(times));
      Main.row("the service's resident memory after that", small.residentMegabytes() + " MB");
    }
  }

  /** The sample of mk3's measurements, after a change of one line; bob: 44 s. */
  private void sample() throws Exception {
    Path context = Files.createDirectory(folder.path().resolve("sample"));
    String dockerfile =
        from()
            + "RUN head -c 100000000 /dev/urandom >/data\nCOPY package.json /\nRUN sleep 10\n"
            + "COPY src /src\nRUN wc -c /src/*\n";
    write(context, Map.of("Dockerfile", dockerfile, "package.json", "{}"));
    long[] times = new long[RUNS];
    for (int run = -1; run < RUNS; run++) {
      write(context, Map.of("src/main", "line " + run + "\n"));
      long took = throughService(commit(context, "sample"));
      if (run >= 0) {
        times[run] = took;
      }
    }
    Main.row("the sample after a one-line change, through the service", seconds(times));
  }

  /** Each way builds the same change, in turn; before the first, both have built once. */
  private void compare(String what, Path context, Change change) throws Exception {
    long[] peer = new long[RUNS];
    long[] ours = new long[RUNS];
    long[] client = new long[RUNS];
    boolean isGit = !change.make(-1).isEmpty();
    for (int run = -1; run < RUNS; run++) {
      String commit = change.make(run * 3);
      long a = isGit ? throughService(commit) : 0;
      change.make(run * 3 + 1);
      long b = buildctl(context);
      change.make(run * 3 + 2);
      long c = directory(context);
      if (run >= 0) {
        ours[run] = a;
        peer[run] = b;
        client[run] = c;
      }
    }
    Main.row(what + ": buildctl build", seconds(peer));
    if (isGit) {
      Main.row(what + ": through the service, git", seconds(ours));
    }
    Main.row(what + ": image-builder build DIRECTORY, a process", seconds(client));
  }

  private long throughService(String commit) {
    GitInitializer source =
        GitInitializer.newBuilder()
            .setRemoteUri(git.url(commit.substring(0, commit.indexOf(' '))))
            .setTargetMode(CloneTargetMode.REMOTE_COMMIT)
            .setCloneTaget(commit.substring(commit.indexOf(' ') + 1))
            .build();
    BuildRequest request =
        Service.request("")
            .setSource(
                BuildSource.newBuilder()
                    .setFile(
                        BuildSourceDockerfile.newBuilder()
                            .setSource(WorkspaceInitializer.newBuilder().setGit(source))
                            .setDockerfileVersion(source.getCloneTaget())
                            .setDockerfilePath("Dockerfile")
                            .setContextPath(".")))
            .build();
    long began = System.nanoTime();
    var _ = service.build(request);
    return System.nanoTime() - began;
  }

  private long buildctl(Path context) throws IOException, InterruptedException {
    String image = registry.domain() + "/peer:" + names++;
    return process(
        List.of(
            "buildctl",
            "--addr",
            address,
            "build",
            "--frontend",
            "dockerfile.v0",
            "--local",
            "context=" + context,
            "--local",
            "dockerfile=" + context,
            "--output",
            "type=image,name=" + image + ",push=true"));
  }

  private long directory(Path context) throws IOException, InterruptedException {
    return process(service.client("build", context.toString()));
  }

  private static long process(List<String> line) throws IOException, InterruptedException {
    return process(new ProcessBuilder(line));
  }

  private static long process(ProcessBuilder command) throws IOException, InterruptedException {
    long began = System.nanoTime();
    Process process =
        command.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException(command.command() + " ended with " + code);
    }
    return System.nanoTime() - began;
  }

  private String from() {
    return "FROM " + registry.domain() + "/busybox:1\n";
  }

  /** Commits a folder; returns the repository and the commit. */
  private String commit(Path context, String repository) throws IOException {
    Map<String, String> files = new HashMap<>();
    try (var all = Files.walk(context)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(context.relativize(file).toString(), Files.readString(file));
      }
    }
    return repository + " " + git.commit(repository, files);
  }

  private static void write(Path context, Map<String, String> files) throws IOException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = context.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
  }

  private static void random(Path file, long seed) throws IOException {
    byte[] block = new byte[1 << 20];
    Random random = new Random(seed);
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < MEBIBYTES; i++) {
        random.nextBytes(block);
        out.write(block);
      }
    }
  }

  private static String seconds(long[] times) {
    return new Samples(times).seconds();
  }

  @Override
  public void close() throws IOException {
    service.close();
    daemon.close();
    git.close();
    registry.close();
    folder.close();
  }

  /** Changes a context; returns the repository and the commit of it, or nothing. */
  @FunctionalInterface
  private interface Change {
    String make(int run) throws IOException;
  }
}
