package dev.imagebuilder.service;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Keeps the last bytes of what does not fit into a log: the reason of a failure is mostly there.
 */
final class LastBytes {
  private static final int KEPT = 64 << 10;
  private byte[] ring = new byte[0];
  private long total;

  /** Adds the bytes from an index on. */
  void add(byte[] bytes, int from) {
    if (ring.length == 0) {
      ring = new byte[KEPT];
    }
    for (int i = Math.max(from, bytes.length - KEPT); i < bytes.length; i++) {
      ring[(int) ((total + i - from) % KEPT)] = bytes[i];
    }
    total += bytes.length - from;
  }

  /** True if nothing was added. */
  boolean isEmpty() {
    return total == 0;
  }

  /** Gives a notice and the kept bytes, if there are any. */
  void ifAny(Consumer<byte[]> taker) {
    if (total == 0) {
      return;
    }
    long left = Math.max(0, total - KEPT);
    if (left > 0) {
      String notice = "[" + left + " bytes are left out]\n";
      taker.accept(notice.getBytes(StandardCharsets.UTF_8));
    }
    int start = (int) (left % KEPT);
    int length = (int) Math.min(total, KEPT);
    byte[] kept = new byte[length];
    for (int i = 0; i < length; i++) {
      kept[i] = ring[(start + i) % KEPT];
    }
    taker.accept(kept);
    ring = new byte[0];
    total = 0;
  }
}
