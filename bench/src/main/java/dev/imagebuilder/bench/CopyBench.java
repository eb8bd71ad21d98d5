package dev.imagebuilder.bench;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.core.RegistryCredentials;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.net.NetworkException;
import dev.imagebuilder.registry.Registries;
import dev.imagebuilder.registry.RegistryOptions;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import dev.imagebuilder.testing.TestImages.Format;
import dev.imagebuilder.testing.TestImages.TestLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Copies of a 300 MB image, each way in turn with its peer's. */
final class CopyBench {
  private static final int RUNS = 5;
  private static final int LAYERS = 6;
  private static final int LAYER_MEBIBYTES = 50;

  private CopyBench() {}

  static void run() throws Exception {
    try (DebianRegistry source = DebianRegistry.start();
        Registries registries = registries()) {
      source.client().push("from", "1", image());
      String from = source.domain() + "/from:1";
      Map<String, Way> ways = new LinkedHashMap<>();
      ways.put("our client, running", to -> copy(registries, from, to));
      ways.put("our client, a process", to -> process(ours(from, to)));
      ways.put("crane copy", to -> process(List.of("crane", "copy", "--insecure", from, to)));
      compare("300 MB inside one registry, ", ways, new Inside(source));
      ways.remove("crane copy");
      ways.put("skopeo copy", to -> process(skopeo(from, to)));
      compare("300 MB between two registries, ", ways, new Elsewhere());
    }
  }

  /** One copy by our client, for a process of its own. */
  static void once(String from, String to) throws Exception {
    try (Registries registries = registries()) {
      copy(registries, from, to);
    }
  }

  private static void compare(String title, Map<String, Way> ways, Targets targets)
      throws Exception {
    Map<String, long[]> times = new LinkedHashMap<>();
    for (int run = 0; run < RUNS; run++) {
      for (Map.Entry<String, Way> way : ways.entrySet()) {
        long took = targets.time(way.getValue());
        times.computeIfAbsent(way.getKey(), _ -> new long[RUNS])[run] = took;
      }
    }
    times.forEach((name, nanos) -> Main.row(title + name, new Samples(nanos).seconds()));
  }

  private static long time(Way way, String to) throws Exception {
    long began = System.nanoTime();
    way.copyTo(to);
    return System.nanoTime() - began;
  }

  private static void copy(Registries registries, String from, String to) throws Exception {
    var _ =
        registries
            .transfer()
            .copy(ImageReference.parse(from), ImageReference.parse(to), new Nobody());
  }

  private static Registries registries() throws NetworkException {
    return new Registries(RegistryOptions.defaults(), Network.ofJdk());
  }

  private static List<String> ours(String from, String to) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = System.getProperty("java.class.path");
    return List.of(java, "-Xmx128m", "-cp", classes, Main.class.getName(), "copy-once", from, to);
  }

  private static List<String> skopeo(String from, String to) {
    String lax = "-tls-verify=false";
    return List.of(
        "skopeo", "copy", "--src" + lax, "--dest" + lax, "docker://" + from, "docker://" + to);
  }

  private static void process(List<String> line) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException(line + " ended with " + code);
    }
  }

  private static TestImage image() {
    List<TestLayer> layers = new ArrayList<>();
    for (int i = 0; i < LAYERS; i++) {
      layers.add(TestImages.randomLayer(LAYER_MEBIBYTES, i));
    }
    return TestImages.image(Format.OCI, Platform.LINUX_AMD64, layers);
  }

  /** One way to copy the image. */
  private interface Way {
    void copyTo(String target) throws Exception;
  }

  /** Where to copy to: a place that no run has used. */
  private interface Targets {
    long time(Way way) throws Exception;
  }

  /** New repositories of the source's own registry. */
  private static final class Inside implements Targets {
    private final DebianRegistry registry;
    private int used;

    Inside(DebianRegistry registry) {
      this.registry = registry;
    }

    @Override
    public long time(Way way) throws Exception {
      used++;
      return CopyBench.time(way, registry.domain() + "/inside-" + used + ":1");
    }
  }

  /** A new registry every time: repositories of one share their blobs. */
  private static final class Elsewhere implements Targets {
    @Override
    public long time(Way way) throws Exception {
      try (DebianRegistry target = DebianRegistry.start()) {
        return CopyBench.time(way, target.domain() + "/to:1");
      }
    }
  }

  private static final class Nobody implements RegistryCredentials {
    @Override
    public Credential forPull(Repository repository) {
      return Credential.anonymous();
    }

    @Override
    public Credential forPush(Repository repository) {
      return Credential.anonymous();
    }
  }
}
