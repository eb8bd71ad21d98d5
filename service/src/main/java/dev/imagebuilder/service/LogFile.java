package dev.imagebuilder.service;

import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An append-only file that one thread at a time writes and any number follow, each at its own pace.
 *
 * <p>It is read and written through streams, not channels: an interrupt would close a channel.
 */
final class LogFile {
  private static final Logger log = LoggerFactory.getLogger(LogFile.class);
  private final Path file;
  private final Bell bell = new Bell();
  private @Nullable OutputStream out;
  private volatile long size;
  private volatile boolean isEnded;

  /** Without content; the file is made when there is some. */
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
      if (out == null) {
        out = new FileOutputStream(file.toFile());
      }
      out.write(bytes);
      long grown = size + bytes.length;
      size = grown;
      bell.ring();
    } catch (IOException e) {
      log.atWarn().addKeyValue("file", file).setCause(e).log("cannot write a build's log");
      end();
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

  /** Removes the file. Those who have begun to read it read on. */
  void delete() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.atWarn().addKeyValue("file", file).setCause(e).log("cannot remove a build's log");
    }
  }

  private final class Reader implements Build.LogReader {
    private long offset;
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
      if (in == null) {
        in = open();
        in.seek(offset);
      }
      int count = in.read(buffer, 0, (int) Math.min(buffer.length, size - offset));
      offset += Math.max(0, count);
      return count;
    }

    @Override
    public long size() {
      return size;
    }

    private RandomAccessFile open() throws IOException {
      try {
        return new RandomAccessFile(file.toFile(), "r");
      } catch (FileNotFoundException e) {
        throw new IOException("the log of this build is not kept any more", e);
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
