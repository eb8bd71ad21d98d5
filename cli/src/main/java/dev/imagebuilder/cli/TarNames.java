package dev.imagebuilder.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;

/** Lists what a tar archive holds. Names that do not fit into its plain headers come cut. */
final class TarNames {
  private static final int BLOCK = 512;

  private TarNames() {}

  /** The names without {@code ./} in front and a slash at the end. */
  static Set<String> read(InputStream archive) throws IOException {
    Set<String> names = new TreeSet<>();
    byte[] header = archive.readNBytes(BLOCK);
    while (header.length == BLOCK && header[0] != 0) {
      char type = (char) header[156];
      if (type != 'x' && type != 'g' && type != 'L' && type != 'K') {
        names.add(plain(name(header)));
      }
      archive.skipNBytes((size(header) + BLOCK - 1) / BLOCK * BLOCK);
      header = archive.readNBytes(BLOCK);
    }
    return names;
  }

  private static String name(byte[] header) {
    String prefix = text(header, 345, 155);
    boolean isUstar = text(header, 257, 6).equals("ustar");
    String name = text(header, 0, 100);
    return isUstar && !prefix.isEmpty() ? prefix + "/" + name : name;
  }

  private static String plain(String name) {
    String start = name.startsWith("./") ? name.substring(2) : name;
    return start.endsWith("/") ? start.substring(0, start.length() - 1) : start;
  }

  private static long size(byte[] header) throws IOException {
    String octal = text(header, 124, 12).strip();
    try {
      return octal.isEmpty() ? 0 : Long.parseLong(octal, 8);
    } catch (NumberFormatException e) {
      throw new IOException("not a tar archive: size \"" + octal + "\"", e);
    }
  }

  private static String text(byte[] header, int at, int room) {
    int end = at;
    while (end < at + room && header[end] != 0) {
      end++;
    }
    return new String(header, at, end - at, StandardCharsets.UTF_8);
  }
}
