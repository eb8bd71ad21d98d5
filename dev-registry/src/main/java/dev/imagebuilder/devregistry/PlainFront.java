package dev.imagebuilder.devregistry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Listens in front of the HTTP server and refuses TLS at once. Docker, Podman and Skopeo try TLS
 * first, and the JDK's server takes its first bytes for a request line that is still to end: each
 * of their commands would wait for ten seconds.
 */
final class PlainFront implements AutoCloseable {
  private static final int CHUNK = 64 * 1024;

  /** The first byte of a TLS connection: a handshake record. */
  private static final byte TLS_HANDSHAKE = 0x16;

  private static final byte[] REFUSAL =
      "HTTP/1.0 400 Bad Request\r\n\r\nThis registry speaks plain HTTP only.\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final ServerSocketChannel listener;
  private final InetSocketAddress address;
  private final InetSocketAddress server;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private PlainFront(ServerSocketChannel listener, InetSocketAddress server) throws IOException {
    this.listener = listener;
    this.address = (InetSocketAddress) listener.getLocalAddress();
    this.server = server;
  }

  /** Listens until it is closed, for a server on this machine. */
  static PlainFront start(InetSocketAddress address, InetSocketAddress server) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    try {
      PlainFront front = new PlainFront(listener.bind(address), server);
      front.threads.execute(front::accept);
      return front;
    } catch (IOException e) {
      listener.close();
      throw e;
    }
  }

  InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (SocketChannel channel : open) {
      channel.close();
    }
    threads.shutdownNow();
    threads.close();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = listener.accept();
        threads.execute(() -> serve(client));
      }
    } catch (IOException _) {
      return; // closed
    }
  }

  private void serve(SocketChannel client) {
    open.add(client);
    try (client) {
      ByteBuffer first = ByteBuffer.allocate(CHUNK);
      if (client.read(first) < 0) {
        return;
      }
      first.flip();
      if (first.get(0) == TLS_HANDSHAKE) {
        send(ByteBuffer.wrap(REFUSAL), client);
      } else {
        connect(client, first);
      }
    } catch (IOException _) {
      return; // one side has gone, which the other sees
    } finally {
      open.remove(client);
    }
  }

  private void connect(SocketChannel client, ByteBuffer first) throws IOException {
    try (SocketChannel behind = SocketChannel.open(server)) {
      open.add(behind);
      send(first, behind);
      var answers = threads.submit(() -> pump(behind, client));
      pump(client, behind);
      answers.get();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } finally {
      open.removeIf(channel -> !channel.isOpen());
    }
  }

  /** Passes on what comes until no more comes. */
  private static Void pump(SocketChannel from, SocketChannel to) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
    try {
      while (from.read(buffer) >= 0) {
        buffer.flip();
        send(buffer, to);
        buffer.clear();
      }
      to.shutdownOutput();
    } catch (ClosedChannelException _) {
      return null;
    } catch (IOException e) {
      // A connection that breaks on one side must not be held open on the other.
      from.close();
      to.close();
      throw e;
    }
    return null;
  }

  private static void send(ByteBuffer bytes, SocketChannel to) throws IOException {
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }
}
