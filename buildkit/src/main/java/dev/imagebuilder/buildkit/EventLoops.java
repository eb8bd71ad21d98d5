package dev.imagebuilder.buildkit;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.util.concurrent.TimeUnit;

/** The threads on which gRPC moves bytes; shared by all connections of an engine. */
final class EventLoops implements AutoCloseable {
  private final EventLoopGroup sockets =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final EventLoopGroup tunnels =
      new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());

  EventLoopGroup sockets() {
    return sockets;
  }

  /** For sessions, whose server is in this process. */
  EventLoopGroup tunnels() {
    return tunnels;
  }

  @Override
  public void close() {
    var _ = sockets.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    var _ = tunnels.shutdownGracefully(0, 5, TimeUnit.SECONDS);
  }
}
