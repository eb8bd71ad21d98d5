package dev.imagebuilder.pipeline.buildah;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.testing.Peers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** A base image that needs no internet: this machine's static busybox, as an OCI layout. */
final class BusyboxBase {
  private static final List<String> APPLETS =
      List.of(
          "sh", "cat", "chmod", "dd", "echo", "env", "false", "find", "grep", "head", "id", "ip",
          "kill", "ln", "ls", "mkdir", "mount", "ps", "sleep", "stat", "touch", "tr", "true", "wc",
          "wget");

  private BusyboxBase() {}

  /**
   * Writes it.
   *
   * @param more JSON members of the configuration's {@code config}, or empty
   */
  static Path write(Path folder, String more) throws IOException {
    Path busybox = Peers.require("busybox", "apt-get install busybox-static");
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    entry(tar, "bin/busybox", '0', "", Files.readAllBytes(busybox));
    for (String applet : APPLETS) {
      entry(tar, "bin/" + applet, '2', "busybox", new byte[0]);
    }
    tar.write(new byte[1024]);
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(tar.toByteArray());
    }
    String config =
        """
        {"created":"2020-01-01T00:00:00Z","architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin"]%s},
         "history":[{"created":"2020-01-01T00:00:00Z","created_by":"busybox"}],
         "rootfs":{"type":"layers","diff_ids":["%s"]}}"""
            .formatted(more.isEmpty() ? "" : "," + more, Digest.of(tar.toByteArray()));
    return layout(folder, config.getBytes(StandardCharsets.UTF_8), zipped.toByteArray());
  }

  private static Path layout(Path folder, byte[] config, byte[] layer) throws IOException {
    Path blobs = Files.createDirectories(folder.resolve("blobs/sha256"));
    String manifest =
        """
        {"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",
         "config":%s,"layers":[%s]}"""
            .formatted(
                descriptor("application/vnd.docker.container.image.v1+json", config),
                descriptor("application/vnd.docker.image.rootfs.diff.tar.gzip", layer));
    byte[] bytes = manifest.getBytes(StandardCharsets.UTF_8);
    for (byte[] blob : List.of(config, layer, bytes)) {
      Files.write(blobs.resolve(Digest.of(blob).hex()), blob);
    }
    Files.writeString(
        folder.resolve("index.json"),
        "{\"schemaVersion\":2,\"manifests\":[%s]}"
            .formatted(
                descriptor("application/vnd.docker.distribution.manifest.v2+json", bytes)));
    Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    return folder;
  }

  private static String descriptor(String type, byte[] content) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(type, Digest.of(content), content.length);
  }

  private static void entry(
      ByteArrayOutputStream tar, String name, char type, String link, byte[] content)
      throws IOException {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, "0000755\0" + "0000000\0" + "0000000\0");
    put(header, 124, "%011o\0".formatted(content.length) + "00000000000\0" + "        " + type);
    put(header, 157, link);
    put(header, 257, "ustar\0" + "00");
    int sum = 0;
    for (byte one : header) {
      sum += one & 0xff;
    }
    put(header, 148, "%06o\0 ".formatted(sum));
    tar.write(header);
    tar.write(content);
    tar.write(new byte[(512 - content.length % 512) % 512]);
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
