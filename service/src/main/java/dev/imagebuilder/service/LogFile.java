package dev.imagebuilder.service;

import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An append-only log that one thread at a time writes and any number follow, each at its own pace.
 *
 * <p>Its first bytes stay in memory, and the file holds what comes after them: in a burst of builds
 * none has printed much yet, and to make a file for each costs more than anything else.
 *
 * <p>The file is read and written through streams, not channels: an interrupt would close a
 * channel.
 */
final class LogFile {
  private static final Logger log = LoggerFactory.getLogger(LogFile.class);
  private static final int IN_MEMORY = 4096;
  private static final String GONE = "the log of this build is not kept any more";

  private final Path file;
  private final Bell bell = new Bell();
  private volatile byte[] first = {};
  private @Nullable OutputStream out;
  private volatile long size;
  private volatile boolean isEnded;
  private volatile boolean isDeleted;

  /** Without content; the file is made when there is too much for memory. */
  LogFile(Path file) {
    this.file = file;
  }

  /** How many bytes it has. */
  long size() {
    return size;
  }

  /** True if nothing is added any more. */
  boolean isEnded() {
    return isEnded;
  }

  /** Adds bytes. If they cannot be written the log ends here, and the build goes on. */
  void append(byte[] bytes) {
    if (bytes.length == 0 || isEnded) {
      return;
    }
    try {
      int kept = Math.min(bytes.length, IN_MEMORY - first.length);
      keep(bytes, kept);
      write(bytes, kept);
      long grown = size + bytes.length;
      size = grown;
      bell.ring();
    } catch (IOException e) {
      log.atWarn().addKeyValue("file", file).setCause(e).log("cannot write a build's log");
      end();
    }
  }

  private void keep(byte[] bytes, int count) {
    if (count > 0) {
      byte[] grown = Arrays.copyOf(first, first.length + count);
      System.arraycopy(bytes, 0, grown, first.length, count);
      first = grown;
    }
  }

  private void write(byte[] bytes, int from) throws IOException {
    if (from < bytes.length) {
      if (out == null) {
        out = new FileOutputStream(file.toFile());
      }
      out.write(bytes, from, bytes.length - from);
    }
  }

  /** Adds nothing any more, which wakes all readers. */
  void end() {
    isEnded = true;
    bell.ring();
    try {
      if (out != null) {
        out.close();
      }
    } catch (IOException e) {
      log.atWarn().addKeyValue("file", file).setCause(e).log("cannot close a build's log");
    }
  }

  /** A reader that begins at the offset, when the file has got there. */
  Build.LogReader read(long offset) {
    return new Reader(offset);
  }

  /** Removes the log. Those who have begun to read it read on. */
  void delete() {
    isDeleted = true;
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.atWarn().addKeyValue("file", file).setCause(e).log("cannot remove a build's log");
    }
  }

  private final class Reader implements Build.LogReader {
    private long offset;
    private boolean hasBegun;
    private @Nullable RandomAccessFile in;

    Reader(long offset) {
      this.offset = offset;
    }

    @Override
    public int read(byte[] buffer, Duration limit) throws IOException, InterruptedException {
      boolean isSettled = bell.await(() -> size > offset || isEnded, limit);
      if (size <= offset) {
        return isSettled ? -1 : 0;
      }
      if (!hasBegun && isDeleted) {
        throw new IOException(GONE);
      }
      hasBegun = true;
      int most = (int) Math.min(buffer.length, size - offset);
      int count = offset < first.length ? ofMemory(buffer, most) : ofFile(buffer, most);
      offset += Math.max(0, count);
      return count;
    }

    private int ofMemory(byte[] buffer, int most) {
      int count = (int) Math.min(most, first.length - offset);
      System.arraycopy(first, (int) offset, buffer, 0, count);
      return count;
    }

    private int ofFile(byte[] buffer, int most) throws IOException {
      if (in == null) {
        in = open();
        in.seek(offset - first.length);
      }
      return in.read(buffer, 0, most);
    }

    @Override
    public long size() {
      return size;
    }

    private RandomAccessFile open() throws IOException {
      try {
        return new RandomAccessFile(file.toFile(), "r");
      } catch (FileNotFoundException e) {
        throw new IOException(GONE, e);
      }
    }

    @Override
    public void close() throws IOException {
      if (in != null) {
        in.close();
      }
    }
  }
}
