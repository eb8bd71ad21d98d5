package dev.imagebuilder.service;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one build printed: an append-only file without secrets that any number of readers follow,
 * each at its own pace. Offsets count bytes of the file. Safe for any thread.
 *
 * <p>Files are read and written through streams, not channels: an interrupt would close a channel.
 */
final class BuildLog {
  private static final Logger log = LoggerFactory.getLogger(BuildLog.class);
  private static final String CUT =
      "\n[the log is too long and is cut here; its last part follows when the build is over]\n";
  private final Path file;
  private final long limit;
  private final Redactor redactor;
  private final ReentrantLock writing = new ReentrantLock();
  private final LastBytes beyondLimit = new LastBytes();
  private final Bell bell = new Bell();
  private @Nullable OutputStream out;
  private byte lastPrinted = '\n';
  private volatile long size;
  private volatile boolean isEnded;

  /**
   * A log without content; the file is made when there is some.
   *
   * @param limit how many bytes of output are kept from its start; of the rest only the last
   */
  BuildLog(Path file, long limit, Redactor redactor) {
    this.file = file;
    this.limit = limit;
    this.redactor = redactor;
  }

  /** Adds output; without effect once the log has ended. */
  void append(byte[] output) {
    if (output.length == 0) {
      return;
    }
    writing.lock();
    try {
      if (!isEnded) {
        lastPrinted = output[output.length - 1];
        keep(redactor.next(output));
      }
    } finally {
      writing.unlock();
    }
  }

  /** Adds a line of our own, on a line of its own. */
  void line(String text) {
    writing.lock();
    try {
      String start = lastPrinted == '\n' ? "" : "\n";
      append((start + text + "\n").getBytes(StandardCharsets.UTF_8));
    } finally {
      writing.unlock();
    }
  }

  /** Adds the last line and ends the log, which wakes all readers; does nothing the second time. */
  void end(String lastLine) {
    writing.lock();
    try {
      if (isEnded) {
        return;
      }
      keep(redactor.last());
      String start = lastPrinted == '\n' ? "" : "\n";
      beyondLimit.ifAny(this::write);
      write((start + redactor.clean(lastLine) + "\n").getBytes(StandardCharsets.UTF_8));
      isEnded = true;
      close();
    } finally {
      writing.unlock();
      bell.ring();
    }
  }

  /** A reader that begins at the offset, or at the end if that is less. */
  Build.LogReader read(long offset) {
    return new Reader(Math.clamp(offset, 0, size));
  }

  /** Removes the file. Those who have begun to read it read on. */
  void delete() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.atWarn().addKeyValue("file", file).setCause(e).log("cannot remove a build's log");
    }
  }

  private void keep(byte[] shown) {
    long room = limit - size;
    if (shown.length <= room) {
      write(shown);
      return;
    }
    int kept = (int) Math.max(0, room);
    write(Arrays.copyOf(shown, kept));
    if (beyondLimit.isEmpty()) {
      write(CUT.getBytes(StandardCharsets.UTF_8));
    }
    beyondLimit.add(shown, kept);
  }

  /** A log that cannot be written ends here, and the build goes on. */
  private void write(byte[] bytes) {
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
    } catch (IOException e) {
      isEnded = true;
      close();
      log.atWarn().addKeyValue("file", file).setCause(e).log("cannot write a build's log");
    }
    bell.ring();
  }

  private void close() {
    try {
      if (out != null) {
        out.close();
      }
    } catch (IOException e) {
      log.atWarn().addKeyValue("file", file).setCause(e).log("cannot close a build's log");
    }
  }

  private final class Reader implements Build.LogReader {
    private long offset;
    private @Nullable RandomAccessFile in;

    Reader(long offset) {
      this.offset = offset;
    }

    @Override
    public int read(byte[] buffer, Duration wait) throws IOException, InterruptedException {
      boolean isSettled = bell.await(() -> size > offset || isEnded, wait);
      if (size <= offset) {
        return isSettled ? -1 : 0;
      }
      if (in == null) {
        in = new RandomAccessFile(file.toFile(), "r");
        in.seek(offset);
      }
      int count = in.read(buffer, 0, (int) Math.min(buffer.length, size - offset));
      offset += Math.max(0, count);
      return count;
    }

    @Override
    public void close() throws IOException {
      if (in != null) {
        in.close();
      }
    }
  }
}
