package dev.imagebuilder.testing.wsmanager;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A workspace's terminal. It keeps the last 256 KiB, which everybody who attaches is given first
 * (SPEC 2.4); whoever prints waits for those who read.
 */
public final class Terminal {
  /** How much is replayed, bytes. */
  public static final int REPLAY = 256 * 1024;

  private byte[] ring = new byte[1024];
  private final Set<Reader> readers = new HashSet<>();
  private long total;
  private @Nullable Integer exitCode;

  /** Prints a text. */
  public void print(String text) throws InterruptedException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    print(bytes, bytes.length);
  }

  /** Prints the first bytes of a buffer. */
  public void print(byte[] bytes, int length) throws InterruptedException {
    for (int from = 0; from < length; from += REPLAY / 4) {
      keep(bytes, from, Math.min(length - from, REPLAY / 4));
    }
  }

  /** How many bytes were printed. */
  public synchronized long total() {
    return total;
  }

  /** How many read it now. */
  public synchronized int readers() {
    return readers.size();
  }

  /** Waits until somebody reads it. */
  public synchronized void awaitReader() throws InterruptedException {
    while (readers.isEmpty()) {
      wait(1000);
    }
  }

  /** Breaks the connections of all who read now. */
  synchronized void dropReaders() {
    readers.forEach(reader -> reader.isDropped = true);
    readers.clear();
    notifyAll();
  }

  /** Ends it; readers get what is left. */
  synchronized void exit(int code) {
    exitCode = code;
    notifyAll();
  }

  synchronized OptionalInt exitCode() {
    Integer code = exitCode;
    return code == null ? OptionalInt.empty() : OptionalInt.of(code);
  }

  /** Begins to read, with the replay. */
  synchronized Reader attach() {
    Reader reader = new Reader(Math.max(0, total - REPLAY));
    readers.add(reader);
    notifyAll();
    return reader;
  }

  private synchronized void keep(byte[] bytes, int from, int length) throws InterruptedException {
    while (readers.stream().anyMatch(reader -> total + length - reader.at > REPLAY)) {
      wait(1000);
    }
    if (total + length > ring.length && ring.length < REPLAY) {
      // Nothing has been overwritten yet: a thousand quiet terminals stay small.
      ring =
          Arrays.copyOf(ring, (int) Math.min(REPLAY, Math.max(total + length, 2L * ring.length)));
    }
    for (int i = 0; i < length; i++) {
      ring[(int) ((total + i) % ring.length)] = bytes[from + i];
    }
    total += length;
    notifyAll();
  }

  /** One who reads. */
  final class Reader implements AutoCloseable {
    private long at;
    private boolean isDropped;

    private Reader(long at) {
      this.at = at;
    }

    /**
     * The next bytes; empty at the end, after the exit.
     *
     * @throws IOException if the connection is to break
     */
    byte[] next(int most) throws IOException, InterruptedException {
      synchronized (Terminal.this) {
        while (at == total && exitCode == null && !isDropped) {
          Terminal.this.wait(1000);
        }
        if (isDropped) {
          throw new IOException("told to drop the connection");
        }
        int length = (int) Math.min(most, total - at);
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
          bytes[i] = ring[(int) ((at + i) % ring.length)];
        }
        at += length;
        Terminal.this.notifyAll();
        return length == most ? bytes : Arrays.copyOf(bytes, length);
      }
    }

    @Override
    public void close() {
      synchronized (Terminal.this) {
        readers.remove(this);
        Terminal.this.notifyAll();
      }
    }
  }
}
