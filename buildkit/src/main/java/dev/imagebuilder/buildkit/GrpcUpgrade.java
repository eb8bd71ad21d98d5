package dev.imagebuilder.buildkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Asks a Docker Engine for the gRPC service of its BuildKit, over HTTP/1.1. Whoever comes behind in
 * the pipeline hears of the connection only when the Engine has agreed, and so begins with HTTP/2.
 *
 * @see "Docker Engine API, POST /grpc"
 */
final class GrpcUpgrade extends ByteToMessageDecoder {
  private static final String REQUEST =
      "POST /grpc HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
  private static final String END = "\r\n\r\n";
  private static final int LONGEST_ANSWER = 16 << 10;
  private static final int LIMIT_SECONDS = 20;

  /** The channel, with this at the begin of its pipeline. */
  static <C extends Channel> C of(C channel) {
    channel.pipeline().addLast(new GrpcUpgrade());
    return channel;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    var limit =
        context
            .executor()
            .schedule(
                () -> refuse(context, "did not answer POST /grpc within " + LIMIT_SECONDS + " s"),
                LIMIT_SECONDS,
                TimeUnit.SECONDS);
    context.channel().closeFuture().addListener(_ -> limit.cancel(false));
    var _ = context.writeAndFlush(Unpooled.copiedBuffer(REQUEST, StandardCharsets.US_ASCII));
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    String answer = in.toString(StandardCharsets.ISO_8859_1);
    int end = answer.indexOf(END);
    if (end < 0) {
      if (answer.length() > LONGEST_ANSWER) {
        refuse(context, "answers POST /grpc as no Docker Engine does");
      }
      return;
    }
    in.skipBytes(end + END.length());
    if (answer.startsWith("HTTP/1.1 101 ")) {
      context.fireChannelActive();
      // What came after the answer is HTTP/2, and goes to the next one by this.
      context.pipeline().remove(this);
    } else {
      refuse(
          context,
          "has no BuildKit: it answers POST /grpc with \""
              + answer.lines().findFirst().orElse("")
              + "\"");
    }
  }

  private void refuse(ChannelHandlerContext context, String why) {
    if (!context.isRemoved()) {
      context.fireExceptionCaught(new IOException("it " + why));
      var _ = context.close();
    }
  }
}
