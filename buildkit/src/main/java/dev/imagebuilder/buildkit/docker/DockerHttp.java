package dev.imagebuilder.buildkit.docker;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The little of HTTP that an Engine's API needs, over a Unix socket too: requests without a body,
 * one connection each. By HTTP/1.0 an answer is not in chunks, and ends with its connection.
 */
final class DockerHttp {
  private static final int LONGEST_LINE = 64 << 10;
  private static final int MOST_HEADERS = 200;

  private final SocketAddress address;

  DockerHttp(SocketAddress address) {
    this.address = address;
  }

  /**
   * What to ask.
   *
   * @param path with its query
   * @param headers {@code Name: value}; may be secret
   * @param limit until the whole answer has been read
   */
  record Request(String method, String path, List<String> headers, Duration limit) {
    Request {
      headers = List.copyOf(headers);
    }

    /** Headers are kept out. */
    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  /** Takes in an answer. */
  @FunctionalInterface
  interface Reader<T> {
    T read(int status, InputStream body) throws IOException, DockerException;
  }

  /**
   * Asks, and reads the answer. Closes the connection if interrupted, by which the Engine stops
   * what it does for it.
   */
  <T> T call(Request request, Reader<T> reader)
      throws IOException, DockerException, InterruptedException {
    var isRead = new CountDownLatch(1);
    try (SocketChannel channel = channel();
        ExecutorService watch = Executors.newVirtualThreadPerTaskExecutor()) {
      var _ =
          watch.submit(() -> {
            closeInTime(channel, isRead, request.limit());
            return true;
          });
      try {
        channel.connect(address);
        write(channel, request);
        InputStream answer = new BufferedInputStream(Channels.newInputStream(channel));
        int status = status(line(answer));
        for (int headers = 0; !line(answer).isEmpty(); headers++) {
          if (headers > MOST_HEADERS) {
            throw new IOException("an answer with too many headers");
          }
        }
        return reader.read(status, answer);
      } finally {
        isRead.countDown();
      }
    } catch (ClosedByInterruptException e) {
      Thread.interrupted();
      throw stopped(request, e);
    } catch (AsynchronousCloseException e) {
      throw new IOException(request + ": no whole answer within " + request.limit(), e);
    }
  }

  private static InterruptedException stopped(Request request, IOException cause) {
    var stopped = new InterruptedException(request + " was stopped");
    stopped.initCause(cause);
    return stopped;
  }

  private SocketChannel channel() throws IOException {
    return address instanceof UnixDomainSocketAddress
        ? SocketChannel.open(StandardProtocolFamily.UNIX)
        : SocketChannel.open();
  }

  private static void closeInTime(SocketChannel channel, CountDownLatch isRead, Duration limit)
      throws IOException, InterruptedException {
    if (!isRead.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      channel.close();
    }
  }

  private static void write(SocketChannel channel, Request request) throws IOException {
    StringBuilder text = new StringBuilder(request + " HTTP/1.0\r\nHost: docker\r\n");
    request.headers().forEach(header -> text.append(header).append("\r\n"));
    text.append("Content-Length: 0\r\n\r\n");
    ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static int status(String line) throws IOException {
    if (!line.matches("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?")) {
      throw new IOException("no HTTP: " + line);
    }
    return Integer.parseInt(line.substring(9, 12));
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int one = in.read(); one != '\n'; one = in.read()) {
      if (one < 0 || line.size() > LONGEST_LINE) {
        throw new IOException("an answer that is cut off");
      }
      line.write(one);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }
}
