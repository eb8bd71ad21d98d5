package dev.imagebuilder.pipeline.buildah;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Cuts bytes into lines as they come. A line longer than 16 KiB is cut. For one thread. */
final class Lines implements Consumer<byte[]> {
  private static final int LONGEST = 16 * 1024;

  private final Consumer<String> each;
  private final byte[] line = new byte[LONGEST];
  private int length;

  Lines(Consumer<String> each) {
    this.each = each;
  }

  @Override
  public void accept(byte[] bytes) {
    for (byte b : bytes) {
      if (b == '\n') {
        flush();
      } else if (length < LONGEST) {
        line[length++] = b;
      }
    }
  }

  /** Gives the last line, if it had no end. */
  void finish() {
    if (length > 0) {
      flush();
    }
  }

  private void flush() {
    each.accept(new String(line, 0, length, StandardCharsets.UTF_8));
    length = 0;
  }
}
