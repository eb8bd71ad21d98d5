package dev.imagebuilder.server.api;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Removes the names of a build's images from its output, also where a name is split over chunks.
 * For one reader, from the first byte on.
 *
 * @see "SPEC 3.4"
 */
final class NameRemover {
  private static final byte[] NOTHING = {};

  private final List<byte[]> longestFirst;
  private final boolean[] starts = new boolean[256];
  private byte[] held = NOTHING;

  /** Removes each reference, and what stands before its first colon. */
  NameRemover(String... references) {
    this.longestFirst =
        Arrays.stream(references)
            .flatMap(reference -> Stream.of(reference, reference.split(":", 2)[0]))
            .filter(name -> !name.isEmpty())
            .distinct()
            .map(name -> name.getBytes(StandardCharsets.UTF_8))
            .sorted(Comparator.comparingInt((byte[] name) -> name.length).reversed())
            .toList();
    longestFirst.forEach(name -> starts[name[0] & 0xff] = true);
  }

  /** What can be shown after the first {@code length} bytes of the chunk. */
  byte[] pass(byte[] chunk, int length) {
    byte[] data = Arrays.copyOf(held, held.length + length);
    System.arraycopy(chunk, 0, data, held.length, length);
    return remove(data, End.OPEN);
  }

  /** What was held back, since it might have been the start of a name. */
  byte[] rest() {
    return remove(held, End.FINAL);
  }

  private byte[] remove(byte[] data, End end) {
    ByteArrayOutputStream kept = new ByteArrayOutputStream(data.length);
    int from = 0;
    int at = 0;
    while (at < data.length) {
      int skip = starts[data[at] & 0xff] ? nameAt(data, at, end) : 0;
      if (skip == 0) {
        at++;
        continue;
      }
      kept.write(data, from, at - from);
      if (skip < 0) {
        held = Arrays.copyOfRange(data, at, data.length);
        return kept.toByteArray();
      }
      at += skip;
      from = at;
    }
    kept.write(data, from, at - from);
    held = NOTHING;
    return kept.toByteArray();
  }

  /** The length of the name that begins here; 0 for none; -1 if more bytes must tell. */
  private int nameAt(byte[] data, int at, End end) {
    for (byte[] name : longestFirst) {
      int seen = Math.min(name.length, data.length - at);
      if (Arrays.equals(name, 0, seen, data, at, at + seen)) {
        if (seen == name.length) {
          return name.length;
        }
        if (end == End.OPEN) {
          return -1;
        }
      }
    }
    return 0;
  }

  /** Whether more may follow. */
  private enum End {
    OPEN,
    FINAL
  }
}
