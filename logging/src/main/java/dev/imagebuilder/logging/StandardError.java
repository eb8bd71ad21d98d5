package dev.imagebuilder.logging;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;

/**
 * The process's stderr, which stays open: Logback closes what a stopped appender wrote to, and a
 * change of configuration stops all appenders.
 */
final class StandardError extends FilterOutputStream {

  StandardError() {
    super(new FileOutputStream(FileDescriptor.err));
  }

  @Override
  public void write(byte[] bytes, int at, int length) throws IOException {
    out.write(bytes, at, length);
  }

  @Override
  public void close() throws IOException {
    flush();
  }
}
