package dev.imagebuilder.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP proxy on a free loopback port that brings every connection to one server, whatever host
 * was asked for, and remembers the heads of the requests.
 */
public final class FakeProxy implements AutoCloseable {
  private static final int LONGEST_HEAD = 1 << 16;

  private final ServerSocket socket;
  private final int server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<String> heads = new CopyOnWriteArrayList<>();

  private FakeProxy(ServerSocket socket, int server) {
    this.socket = socket;
    this.server = server;
  }

  /** Starts one in front of a loopback port. */
  public static FakeProxy to(int server) throws IOException {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    FakeProxy proxy = new FakeProxy(new ServerSocket(0, 50, loopback), server);
    proxy.threads.execute(proxy::accept);
    return proxy;
  }

  /** {@code 127.0.0.1:port}. */
  public String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  /** What it was asked for so far: request line and headers, one text each. */
  public List<String> heads() {
    return List.copyOf(heads);
  }

  @Override
  public void close() throws IOException {
    socket.close();
    threads.shutdownNow();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        threads.execute(() -> serve(client));
      } catch (IOException _) {
        // Closed: nobody is served any more.
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket there = new Socket()) {
      byte[] head = head(client.getInputStream());
      String text = new String(head, StandardCharsets.ISO_8859_1);
      heads.add(text);
      there.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), server));
      if (text.startsWith("CONNECT ")) {
        String done = "HTTP/1.1 200 Connection established\r\n\r\n";
        client.getOutputStream().write(done.getBytes(StandardCharsets.US_ASCII));
      } else {
        there.getOutputStream().write(relative(text).getBytes(StandardCharsets.ISO_8859_1));
      }
      threads.execute(() -> pipe(client, there));
      pipe(there, client);
    } catch (IOException _) {
      // One side is gone, and closing ends the other.
      return;
    }
  }

  /** {@code GET http://host/path} becomes {@code GET /path}, and the connection ends with it. */
  private static String relative(String head) {
    return head.replaceFirst(" http://[^/ ]+", " ")
        .replaceFirst("\r\n", "\r\nConnection: close\r\n")
        .replaceAll("(?i)Proxy-Authorization: [^\r]*\r\n", "");
  }

  private static byte[] head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (head.size() < LONGEST_HEAD) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      head.write(next);
      if (next == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
        break;
      }
    }
    return head.toByteArray();
  }

  private static void pipe(Socket from, Socket to) {
    try {
      OutputStream out = to.getOutputStream();
      from.getInputStream().transferTo(out);
      to.shutdownOutput();
    } catch (IOException _) {
      // One side is gone.
      return;
    }
  }
}
