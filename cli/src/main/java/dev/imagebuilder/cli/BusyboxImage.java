package dev.imagebuilder.cli;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.Platform;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;

/**
 * A base image that needs no internet: this machine's static busybox, a link for each of its tools,
 * and the few files and folders that programs expect. Equal programs give equal images.
 */
final class BusyboxImage {
  private static final List<String> FOLDERS =
      List.of("bin/", "dev/", "etc/", "home/", "proc/", "root/", "sbin/", "sys/", "usr/");
  private static final List<Path> PLACES =
      List.of(Path.of("/bin/busybox"), Path.of("/usr/bin/busybox"));
  private static final long LONGEST_LIST_SECONDS = 10;
  private static final int INTERPRETER = 3;

  private final byte[] program;
  private final NavigableSet<String> tools;

  private BusyboxImage(byte[] program, NavigableSet<String> tools) {
    this.program = program;
    this.tools = tools;
  }

  /**
   * Reads this machine's busybox.
   *
   * @throws CommandFailure if there is none, or it is not statically linked
   */
  static BusyboxImage ofThisMachine() throws CommandFailure, IOException, InterruptedException {
    for (Path place : PLACES) {
      if (Files.isExecutable(place)) {
        byte[] program = Files.readAllBytes(place);
        if (isStatic(program)) {
          return new BusyboxImage(program, tools(place));
        }
      }
    }
    throw CommandFailure.failed(
        "no static busybox on this machine, of which the example's base image is made. Type: "
            + "sudo apt-get install --no-install-recommends busybox-static");
  }

  /**
   * Writes the image as an OCI image layout into an empty folder.
   *
   * @return the manifest's digest
   */
  Digest writeLayout(Path folder, Platform platform) throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    try (TarWriter archive = new TarWriter(tar)) {
      write(archive);
    }
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      tar.writeTo(gzip);
    }
    Path blobs = Files.createDirectories(folder.resolve("blobs/sha256"));
    Blob layer = Blob.write(blobs, zipped.toByteArray());
    // Buildah 1.28 adds no layers to an image whose history does not list those it has, and finds
    // none of its cached ones if an entry has no time.
    Blob config =
        Blob.write(
            blobs,
            """
            {"architecture":"%s","os":"%s","config":{"Env":["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],\
            "Cmd":["sh"]},"rootfs":{"type":"layers","diff_ids":["%s"]},\
            "history":[{"created":"1970-01-01T00:00:00Z","created_by":"busybox of this machine"}]}\
            """
                .formatted(platform.architecture(), platform.os(), Digest.of(tar.toByteArray())));
    Blob manifest =
        Blob.write(
            blobs,
            """
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
            "config":%s,"layers":[%s]}\
            """
                .formatted(
                    config.descriptor("application/vnd.oci.image.config.v1+json"),
                    layer.descriptor("application/vnd.oci.image.layer.v1.tar+gzip")));
    Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.writeString(
        folder.resolve("index.json"),
        "{\"schemaVersion\":2,\"manifests\":[%s]}"
            .formatted(manifest.descriptor("application/vnd.oci.image.manifest.v1+json")));
    return manifest.digest();
  }

  private void write(TarWriter archive) throws IOException {
    for (String folder : FOLDERS) {
      archive.folder(folder, 0755);
    }
    archive.folder("tmp/", 01777);
    archive.folder("usr/bin/", 0755);
    archive.folder("usr/sbin/", 0755);
    archive.file("etc/passwd", 0644, utf8("root:x:0:0:root:/root:/bin/sh\n"));
    archive.file("etc/group", 0644, utf8("root:x:0:\n"));
    archive.file("bin/busybox", 0755, program);
    for (String tool : tools) {
      archive.link(tool, "/bin/busybox");
    }
  }

  private static NavigableSet<String> tools(Path busybox)
      throws IOException, InterruptedException, CommandFailure {
    Process list = new ProcessBuilder(busybox.toString(), "--list-full").start();
    list.getOutputStream().close();
    String names = new String(list.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    if (!list.waitFor(LONGEST_LIST_SECONDS, TimeUnit.SECONDS) || list.exitValue() != 0) {
      list.destroyForcibly();
      throw CommandFailure.failed(busybox + " --list-full does not list its tools");
    }
    NavigableSet<String> tools = new TreeSet<>();
    names
        .lines()
        .filter(name -> name.matches("(usr/)?s?bin/[^/]+") && !name.equals("bin/busybox"))
        .forEach(tools::add);
    return tools;
  }

  /** True if the program asks for no interpreter, that is no dynamic linker (elf(5)). */
  private static boolean isStatic(byte[] program) {
    ByteBuffer elf = ByteBuffer.wrap(program);
    if (program.length < 64 || elf.getInt(0) != 0x7f454c46) {
      return false;
    }
    elf.order(program[5] == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    boolean is64 = program[4] == 2;
    long start = is64 ? elf.getLong(32) : elf.getInt(28);
    int size = elf.getShort(is64 ? 54 : 42);
    int count = elf.getShort(is64 ? 56 : 44);
    for (int i = 0; i < count; i++) {
      if (elf.getInt(Math.toIntExact(start + (long) i * size)) == INTERPRETER) {
        return false;
      }
    }
    return true;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private record Blob(Digest digest, long size) {

    static Blob write(Path folder, String content) throws IOException {
      return write(folder, utf8(content));
    }

    static Blob write(Path folder, byte[] content) throws IOException {
      Digest digest = Digest.of(content);
      Files.write(folder.resolve(digest.hex()), content);
      return new Blob(digest, content.length);
    }

    String descriptor(String mediaType) {
      return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
          .formatted(mediaType, digest, size);
    }
  }
}
