package dev.imagebuilder.service;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes what a build prints to its log file: without secrets, and not too much. For any thread.
 */
final class BuildLog {
  private static final String CUT =
      "\n[the log is too long and is cut here; its last part follows when the build is over]\n";
  private final LogFile file;
  private final long limit;
  private final Redactor redactor;
  private final ReentrantLock writing = new ReentrantLock();
  private final LastBytes beyondLimit = new LastBytes();
  private byte lastPrinted = '\n';

  /**
   * Writes to a file.
   *
   * @param limit how many bytes of output are kept from its start; of the rest only the last
   */
  BuildLog(LogFile file, long limit, Redactor redactor) {
    this.file = file;
    this.limit = limit;
    this.redactor = redactor;
  }

  /** What is written. */
  LogFile file() {
    return file;
  }

  /** Adds output; without effect once the log has ended. */
  void append(byte[] output) {
    if (output.length == 0) {
      return;
    }
    writing.lock();
    try {
      if (!file.isEnded()) {
        lastPrinted = output[output.length - 1];
        keep(redactor.next(output));
      }
    } finally {
      writing.unlock();
    }
  }

  /** Adds a line of our own. */
  void line(String text) {
    writing.lock();
    try {
      append(onItsOwn(text));
    } finally {
      writing.unlock();
    }
  }

  /** Adds the last line and ends the log; without effect the second time. */
  void end(String lastLine) {
    writing.lock();
    try {
      if (!file.isEnded()) {
        keep(redactor.last());
        beyondLimit.ifAny(file::append);
        file.append(onItsOwn(redactor.clean(lastLine)));
        file.end();
      }
    } finally {
      writing.unlock();
    }
  }

  private void keep(byte[] shown) {
    int kept = Math.clamp(limit - file.size(), 0, shown.length);
    file.append(kept == shown.length ? shown : Arrays.copyOf(shown, kept));
    if (kept < shown.length) {
      if (beyondLimit.isEmpty()) {
        file.append(CUT.getBytes(StandardCharsets.UTF_8));
      }
      beyondLimit.add(shown, kept);
    }
  }

  private byte[] onItsOwn(String line) {
    String start = lastPrinted == '\n' ? "" : "\n";
    return (start + line + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
