package dev.imagebuilder.backend.wsmanager;

import java.io.OutputStream;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes a terminal's output of one connection and passes on what was not delivered before. Since
 * supervisor begins each connection with its last 256 KiB, the first of it is held back until it is
 * clear where in it the news begin. All of the replay is there at once, so that is soon.
 */
final class Replay extends OutputStream {
  private final Delivered delivered;
  private final Consumer<byte[]> out;
  private final Runnable gap;
  private byte @Nullable [] held;
  private int length;
  private int wanted;

  /**
   * Begins a connection.
   *
   * @param gap is told, before the output, that some output in between was missed
   */
  Replay(Delivered delivered, Consumer<byte[]> out, Runnable gap) {
    this.delivered = delivered;
    this.out = out;
    this.gap = gap;
    this.wanted = (int) Math.min(delivered.total(), Delivered.REPLAY);
    this.held = wanted == 0 ? null : new byte[Delivered.REPLAY];
  }

  /** True once it is clear what was delivered before. */
  boolean isAligned() {
    return held == null;
  }

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) {
    int at = from;
    int end = from + count;
    while (held != null && at < end) {
      int taken = Math.min(end - at, wanted - length);
      System.arraycopy(bytes, at, held, length, taken);
      length += taken;
      at += taken;
      if (length == wanted) {
        decide(held);
      }
    }
    if (at < end) {
      pass(bytes, at, end - at);
    }
  }

  /**
   * The task has exited: what is still held is all there is. A connection that just broke is not
   * finished, since what it held comes again.
   */
  void finish() {
    if (held != null) {
      settle(held, delivered.overlap(held, length));
    }
  }

  /**
   * Less than 256 KiB in all means that the replay begins where the output did, and that all of it
   * that was delivered comes again. Otherwise it has its full length.
   */
  private void decide(byte[] replay) {
    if (length < Delivered.REPLAY && delivered.endsWith(replay, length)) {
      settle(replay, length);
    } else if (length < Delivered.REPLAY) {
      wanted = Delivered.REPLAY;
    } else {
      settle(replay, delivered.overlap(replay, length));
    }
  }

  private void settle(byte[] replay, int known) {
    held = null;
    if (known == 0) {
      gap.run();
    }
    if (known < length) {
      pass(replay, known, length - known);
    }
  }

  private void pass(byte[] bytes, int from, int count) {
    delivered.add(bytes, from, count);
    out.accept(Arrays.copyOfRange(bytes, from, from + count));
  }
}
