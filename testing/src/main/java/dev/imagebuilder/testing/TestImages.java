package dev.imagebuilder.testing;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.Platform;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Makes small images whose bytes, and so digests, are the same on every run. */
public final class TestImages {
  private static final int MEBIBYTE = 1 << 20;

  /** Without it Buildah 1.28 finds nothing in its cache. */
  private static final String CREATED = "\"created\":\"2020-01-01T00:00:00Z\"";

  private static final List<String> APPLETS =
      List.of(
          "sh", "cat", "chmod", "dd", "echo", "env", "false", "find", "grep", "head", "id", "ip",
          "kill", "ln", "ls", "mkdir", "mount", "ps", "sleep", "stat", "touch", "tr", "true", "wc",
          "wget");

  private TestImages() {}

  /** An OCI image for linux/amd64 with one layer that holds the file {@code content}. */
  public static TestImage oci(String content) {
    return image(Format.OCI, Platform.LINUX_AMD64, List.of(textLayer("content", content)));
  }

  /** The same in Docker's format (schema 2). */
  public static TestImage docker(String content) {
    return image(Format.DOCKER, Platform.LINUX_AMD64, List.of(textLayer("content", content)));
  }

  /** An image of any layers. */
  public static TestImage image(Format format, Platform platform, List<TestLayer> layers) {
    return image(format, platform, layers, "");
  }

  private static TestImage image(
      Format format, Platform platform, List<TestLayer> layers, String settings) {
    String diffIds =
        layers.stream().map(one -> quoted(one.diffId())).collect(Collectors.joining(","));
    String history =
        layers.stream()
            .map(_ -> "{%s,\"created_by\":\"test\"}".formatted(CREATED))
            .collect(Collectors.joining(","));
    byte[] config =
        utf8(
            "{"
                + CREATED
                + ",\"architecture\":\"%s\",\"os\":\"%s\",%s\"config\":{\"Env\":[\"PATH=/bin\"]%s},"
                    .formatted(platform.architecture(), platform.os(), variant(platform), settings)
                + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[%s]},".formatted(diffIds)
                + "\"history\":[%s]}".formatted(history));
    Map<Digest, byte[]> blobs = new LinkedHashMap<>();
    blobs.put(Digest.of(config), config);
    List<String> descriptors = new ArrayList<>();
    for (TestLayer layer : layers) {
      blobs.put(layer.digest(), layer.gzipped());
      descriptors.add(descriptor(format.layer, layer.digest(), layer.gzipped().length, ""));
    }
    String manifest =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
            .formatted(
                format.manifest,
                descriptor(format.config, Digest.of(config), config.length, ""),
                String.join(",", descriptors));
    return TestImage.image(format.manifest, utf8(manifest), blobs);
  }

  /**
   * An index as BuildKit pushes it: linux/amd64, linux/arm64 and an attestation whose platform is
   * {@code unknown/unknown}.
   */
  public static TestImage index(Format format, String content) {
    TestImage amd64 =
        image(format, Platform.LINUX_AMD64, List.of(textLayer("content", content + " amd64")));
    Platform arm = new Platform("linux", "arm64", "v8");
    TestImage arm64 = image(format, arm, List.of(textLayer("content", content + " arm64")));
    Platform none = new Platform("unknown", "unknown", "");
    TestImage attestation =
        image(format, none, List.of(textLayer("provenance.json", content + " attestation")));
    String annotations =
        ",\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}";
    return index(
        format,
        List.of(
            entry(amd64, platform(Platform.LINUX_AMD64)),
            entry(arm64, platform(arm)),
            entry(attestation, platform(none) + annotations)),
        List.of(amd64, arm64, attestation));
  }

  /** An index of images without any word on their platforms; indexes may be nested. */
  public static TestImage bareIndex(Format format, TestImage... children) {
    List<String> entries = Arrays.stream(children).map(child -> entry(child, "")).toList();
    return index(format, entries, List.of(children));
  }

  /** A layer with one text file. */
  public static TestLayer textLayer(String file, String content) {
    return TestLayer.of(new Tar().file(file, utf8(content)).bytes(), Deflater.DEFAULT_COMPRESSION);
  }

  /**
   * A base image for Dockerfiles that needs no internet: this machine's static busybox. Skips the
   * test where there is none.
   */
  public static TestImage busybox() throws IOException {
    return busybox(Format.OCI, "");
  }

  /**
   * The same with more settings.
   *
   * @param settings members of the configuration's {@code config}: {@code "User":"1000"}
   */
  public static TestImage busybox(Format format, String settings) throws IOException {
    Path program = Peers.require("busybox", "apt-get install busybox-static");
    Tar tar = new Tar().program("bin/busybox", Files.readAllBytes(program));
    APPLETS.forEach(applet -> tar.link("bin/" + applet, "busybox"));
    TestLayer layer = TestLayer.of(tar.bytes(), Deflater.BEST_SPEED);
    String more = settings.isEmpty() ? "" : "," + settings;
    return image(format, Platform.ofThisMachine(), List.of(layer), more);
  }

  /** A layer with one file of so many MiB that cannot be compressed; the seed makes others. */
  public static TestLayer randomLayer(int mebibytes, long seed) {
    byte[] content = new byte[mebibytes * MEBIBYTE];
    new Random(seed).nextBytes(content);
    return TestLayer.of(new Tar().file("random", content).bytes(), Deflater.NO_COMPRESSION);
  }

  private static TestImage index(Format format, List<String> entries, List<TestImage> children) {
    String manifest =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}"
            .formatted(format.index, String.join(",", entries));
    return TestImage.index(format.index, utf8(manifest), children);
  }

  private static String entry(TestImage child, String more) {
    return descriptor(child.mediaType(), child.digest(), child.manifest().length, more);
  }

  private static String descriptor(String mediaType, Digest digest, int size, String more) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}"
        .formatted(mediaType, digest, size, more);
  }

  private static String platform(Platform platform) {
    return ",\"platform\":{%s\"architecture\":\"%s\",\"os\":\"%s\"}"
        .formatted(variant(platform), platform.architecture(), platform.os());
  }

  private static String variant(Platform platform) {
    return platform.variant().isEmpty() ? "" : "\"variant\":\"%s\",".formatted(platform.variant());
  }

  private static String quoted(Digest digest) {
    return "\"" + digest + "\"";
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Whose media types an image has. */
  public enum Format {
    OCI(
        TestImage.OCI_MANIFEST,
        TestImage.OCI_INDEX,
        "application/vnd.oci.image.config.v1+json",
        "application/vnd.oci.image.layer.v1.tar+gzip"),
    DOCKER(
        TestImage.DOCKER_MANIFEST,
        TestImage.DOCKER_LIST,
        "application/vnd.docker.container.image.v1+json",
        "application/vnd.docker.image.rootfs.diff.tar.gzip");

    private final String manifest;
    private final String index;
    private final String config;
    private final String layer;

    Format(String manifest, String index, String config, String layer) {
      this.manifest = manifest;
      this.index = index;
      this.config = config;
      this.layer = layer;
    }
  }

  /** One layer, compressed and not. */
  public static final class TestLayer {
    private final byte[] gzipped;
    private final Digest digest;
    private final Digest diffId;

    private TestLayer(byte[] gzipped, Digest diffId) {
      this.gzipped = gzipped;
      this.digest = Digest.of(gzipped);
      this.diffId = diffId;
    }

    private static TestLayer of(byte[] tar, int level) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new LevelledGzip(bytes, level)) {
        gzip.write(tar);
      } catch (IOException e) {
        throw new UncheckedIOException("memory does not fail", e);
      }
      return new TestLayer(bytes.toByteArray(), Digest.of(tar));
    }

    /** The blob's bytes; not a copy, leave them as they are. */
    public byte[] gzipped() {
      return gzipped;
    }

    /** The blob's digest. */
    public Digest digest() {
      return digest;
    }

    /** The digest of the uncompressed archive. */
    public Digest diffId() {
      return diffId;
    }
  }

  private static final class LevelledGzip extends GZIPOutputStream {
    LevelledGzip(ByteArrayOutputStream out, int level) throws IOException {
      super(out);
      def.setLevel(level);
    }
  }
}
