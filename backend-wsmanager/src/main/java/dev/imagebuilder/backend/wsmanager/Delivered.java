package dev.imagebuilder.backend.wsmanager;

/**
 * Remembers what was delivered of a terminal's output well enough to recognise it in a replay. Not
 * the output itself, which for a thousand builds would fill the memory: hashes of all prefixes that
 * end at a multiple of 256 bytes within the last 256 KiB, and the last 256 bytes.
 *
 * <p>For one thread.
 */
final class Delivered {
  /** What supervisor replays to whoever attaches, bytes. */
  static final int REPLAY = 256 * 1024;

  /** Shorter agreement may be chance. */
  private static final int LEAST = 32;

  private static final int STEP = 256;
  private static final int STEPS = REPLAY / STEP + 2;
  private static final long BASE = 0x9E3779B97F4A7C15L;

  private long[] prefixes = new long[16];
  private final byte[] tail = new byte[STEP];
  private long hash;
  private long total;

  /** How many bytes were delivered. */
  long total() {
    return total;
  }

  /** Notes what was delivered next. */
  void add(byte[] bytes, int from, int length) {
    for (int i = from; i < from + length; i++) {
      if (total % STEP == 0) {
        keep(total / STEP, hash);
      }
      tail[(int) (total % STEP)] = bytes[i];
      hash = next(hash, bytes[i]);
      total++;
    }
  }

  /** Forgets everything: another terminal begins. */
  void reset() {
    hash = 0;
    total = 0;
  }

  /**
   * Finds where a replay leaves what was delivered.
   *
   * @return the largest n for which the replay's first n bytes are the last n delivered; 0 for none
   */
  int overlap(byte[] replay, int length) {
    int most = (int) Math.min(total, length);
    int least = (int) Math.min(total, LEAST);
    for (int n = most; n > 0 && n >= least; n--) {
      if (endsWith(replay, n)) {
        return n;
      }
    }
    return 0;
  }

  /** True if the first n bytes are the last n delivered. */
  boolean endsWith(byte[] replay, int n) {
    int raw = Math.min(n, STEP);
    for (int back = 1; back <= raw; back++) {
      if (tail[(int) ((total - back) % STEP)] != replay[n - back]) {
        return false;
      }
    }
    return n <= STEP || hashFits(replay, n);
  }

  private boolean hashFits(byte[] replay, int n) {
    long start = total - n;
    long step = (start + STEP - 1) / STEP;
    if (step * STEP > total || total / STEP - step >= STEPS - 1) {
      return false;
    }
    int skipped = (int) (step * STEP - start);
    long seen = 0;
    for (int i = skipped; i < n; i++) {
      seen = next(seen, replay[i]);
    }
    return seen == hash - kept(step) * power(n - skipped);
  }

  private void keep(long step, long prefix) {
    if (step >= prefixes.length && prefixes.length < STEPS) {
      prefixes = java.util.Arrays.copyOf(prefixes, Math.min(STEPS, prefixes.length * 4));
    }
    prefixes[(int) (step % prefixes.length)] = prefix;
  }

  private long kept(long step) {
    return step * STEP == total ? hash : prefixes[(int) (step % prefixes.length)];
  }

  private static long next(long hash, byte value) {
    return hash * BASE + (value & 0xff) + 1;
  }

  private static long power(int exponent) {
    long result = 1;
    long square = BASE;
    for (int left = exponent; left > 0; left >>= 1) {
      if ((left & 1) == 1) {
        result *= square;
      }
      square *= square;
    }
    return result;
  }
}
