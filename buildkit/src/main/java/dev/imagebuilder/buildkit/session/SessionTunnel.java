package dev.imagebuilder.buildkit.session;

import com.google.protobuf.ByteString;
import dev.imagebuilder.proto.buildkit.control.BytesMessage;
import dev.imagebuilder.proto.buildkit.control.ControlGrpc.ControlStub;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Carries bytes between the daemon's {@code Control.Session} call and a server of ours in this
 * process: the daemon is the client of that server. Neither side is read faster than the other
 * takes in.
 *
 * <p>The one place of this program whose code runs on an event loop: it never waits.
 */
final class SessionTunnel {
  private static final int READY_BYTES = 1 << 20;
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

  private final Pump pump = new Pump();
  private final Channel server;

  private SessionTunnel(LocalAddress address, EventLoopGroup loops) throws InterruptedException {
    var connected =
        new Bootstrap()
            .group(loops)
            .channel(LocalChannel.class)
            .option(ChannelOption.AUTO_READ, false)
            .handler(pump)
            .connect(address);
    if (!connected.await(CONNECT_LIMIT.toMillis()) || !connected.isSuccess()) {
      throw new IllegalStateException("connect to our own session", connected.cause());
    }
    this.server = connected.channel();
  }

  /**
   * Opens the call and joins it to the server.
   *
   * @param control sends the session's headers
   */
  static SessionTunnel open(ControlStub control, LocalAddress server, EventLoopGroup loops)
      throws InterruptedException {
    var tunnel = new SessionTunnel(server, loops);
    control.withOnReadyThreshold(READY_BYTES).session(tunnel.pump);
    return tunnel;
  }

  /** Runs when the daemon has ended the call, for whatever reason; at once if it has. */
  void whenEnded(Runnable action) {
    var _ = pump.ended.thenRun(action);
  }

  /** Says that we are done, and waits a little for the daemon to say the same. */
  void close(Duration limit) throws InterruptedException {
    pump.complete();
    try {
      pump.ended.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException _) {
      pump.cancel();
    }
    var _ = server.close();
  }

  private final class Pump extends ChannelInboundHandlerAdapter
      implements ClientResponseObserver<BytesMessage, BytesMessage> {
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private @Nullable ClientCallStreamObserver<BytesMessage> daemon;

    /** What the server wrote since the last flush; only touched on the event loop. */
    private ByteString unsent = ByteString.EMPTY;

    private boolean isDone;

    @Override
    public void beforeStart(ClientCallStreamObserver<BytesMessage> call) {
      daemon = call;
      call.disableAutoRequestWithInitial(1);
      call.setOnReadyHandler(server::read);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      try {
        unsent = unsent.concat(ByteString.copyFrom(bytes.nioBuffer()));
      } finally {
        bytes.release();
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      if (!unsent.isEmpty()) {
        ByteString sent = unsent;
        unsent = ByteString.EMPTY;
        send(sent);
      }
      if (daemon != null && daemon.isReady()) {
        context.read();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      complete();
    }

    @Override
    public void onNext(BytesMessage message) {
      ByteBuf bytes = Unpooled.wrappedBuffer(message.getData().asReadOnlyByteBuffer());
      server
          .writeAndFlush(bytes)
          .addListener(_ -> {
            if (daemon != null) {
              daemon.request(1);
            }
          });
    }

    @Override
    public void onError(Throwable fault) {
      onCompleted();
    }

    @Override
    public void onCompleted() {
      ended.complete(null);
      var _ = server.close();
    }

    private synchronized void send(ByteString bytes) {
      if (!isDone && daemon != null) {
        daemon.onNext(BytesMessage.newBuilder().setData(bytes).build());
      }
    }

    private synchronized void complete() {
      if (!isDone && daemon != null) {
        isDone = true;
        daemon.onCompleted();
      }
    }

    private synchronized void cancel() {
      isDone = true;
      if (daemon != null) {
        daemon.cancel("the build is over", null);
      }
    }
  }
}
