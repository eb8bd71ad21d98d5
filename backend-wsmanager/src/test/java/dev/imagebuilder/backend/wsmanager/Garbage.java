package dev.imagebuilder.backend.wsmanager;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Answers everybody with what is no gRPC at all. */
final class Garbage implements AutoCloseable {
  private final ServerSocket socket;

  private Garbage(ServerSocket socket) {
    this.socket = socket;
  }

  static Garbage start() throws IOException {
    Garbage garbage = new Garbage(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    var _ = Thread.ofVirtual().start(garbage::serve);
    return garbage;
  }

  String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private void serve() {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept()) {
        client
            .getOutputStream()
            .write("HTTP/1.1 200 OK\r\n\r\n<html>hello</html>".getBytes(StandardCharsets.UTF_8));
      } catch (IOException _) {
        // The client went, or the test is over.
      }
    }
  }
}
