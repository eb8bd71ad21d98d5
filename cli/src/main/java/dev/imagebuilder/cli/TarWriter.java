package dev.imagebuilder.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes a tar archive in which nothing depends on when or by whom it was made: all belongs to
 * root, and to the start of 1970. Names are ASCII, up to 100 bytes. Closing it ends the archive.
 *
 * @see "POSIX.1-2017, pax, ustar Interchange Format"
 */
final class TarWriter implements AutoCloseable {
  private static final int BLOCK = 512;
  private static final int CHECKSUM = 148;

  private final OutputStream out;

  TarWriter(OutputStream out) {
    this.out = out;
  }

  /** A folder; its name ends in a slash. */
  void folder(String name, int mode) throws IOException {
    header(new Entry(name, mode, 0, '5', ""));
  }

  /** A symbolic link. */
  void link(String name, String target) throws IOException {
    header(new Entry(name, 0777, 0, '2', target));
  }

  /** A plain file. */
  void file(String name, int mode, byte[] content) throws IOException {
    header(new Entry(name, mode, content.length, '0', ""));
    out.write(content);
    out.write(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
  }

  @Override
  public void close() throws IOException {
    out.write(new byte[2 * BLOCK]);
    out.close();
  }

  private void header(Entry entry) throws IOException {
    byte[] header = new byte[BLOCK];
    text(header, 0, 100, entry.name());
    octal(header, 100, 7, entry.mode());
    octal(header, 108, 7, 0);
    octal(header, 116, 7, 0);
    octal(header, 124, 11, entry.size());
    octal(header, 136, 11, 0);
    text(header, CHECKSUM, 8, " ".repeat(8));
    header[156] = (byte) entry.type();
    text(header, 157, 100, entry.target());
    text(header, 257, 8, "ustar\00000");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    octal(header, CHECKSUM, 6, sum);
    header[CHECKSUM + 6] = 0;
    out.write(header);
  }

  private static void octal(byte[] header, int at, int digits, long value) {
    String octal = Long.toOctalString(value);
    text(header, at, digits, "0".repeat(digits - octal.length()) + octal);
  }

  private static void text(byte[] header, int at, int room, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    if (bytes.length > room) {
      throw new IllegalArgumentException("longer than " + room + " bytes: " + text);
    }
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private record Entry(String name, int mode, long size, char type, String target) {}
}
