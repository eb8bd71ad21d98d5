package dev.imagebuilder.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A ustar archive in the making; owners are root, times are 0. */
final class Tar {
  private static final int BLOCK = 512;
  private final ByteArrayOutputStream archive = new ByteArrayOutputStream();

  Tar file(String name, byte[] content) {
    return entry(name, "0000644", '0', "", content);
  }

  Tar program(String name, byte[] content) {
    return entry(name, "0000755", '0', "", content);
  }

  Tar link(String name, String target) {
    return entry(name, "0000777", '2', target, new byte[0]);
  }

  /** The archive with its end. */
  byte[] bytes() {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(archive.toByteArray());
    whole.writeBytes(new byte[2 * BLOCK]);
    return whole.toByteArray();
  }

  private Tar entry(String name, String mode, char type, String target, byte[] content) {
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 100, mode + "\0" + "0000000\0" + "0000000\0");
    put(header, 124, "%011o\0".formatted(content.length) + "00000000000\0" + "        " + type);
    put(header, 157, target);
    put(header, 257, "ustar\0" + "00");
    int sum = 0;
    for (byte one : header) {
      sum += one & 0xff;
    }
    put(header, 148, "%06o\0 ".formatted(sum));
    archive.writeBytes(header);
    archive.writeBytes(content);
    archive.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    return this;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
