package dev.imagebuilder.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class GrpcUpgradeTest {
  private final Behind behind = new Behind();
  private final EmbeddedChannel channel = new EmbeddedChannel(new GrpcUpgrade(), behind);

  @Test
  void asksAtOnceAndKeepsTheConnectionToItself() {
    assertThat(text(channel.readOutbound()))
        .startsWith("POST /grpc HTTP/1.1\r\n")
        .contains("\r\nConnection: Upgrade\r\n", "\r\nUpgrade: h2c\r\n")
        .endsWith("\r\n\r\n");
    assertThat(behind.isActive).isFalse();
  }

  @Test
  void passesOnWhatFollowsTheAnswer() {
    answer("HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.do");
    assertThat(behind.isActive).isFalse();

    answer("cker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nfirst");
    answer("second");

    assertThat(behind.isActive).isTrue();
    assertThat(text(channel.readInbound()) + text(channel.readInbound())).isEqualTo("firstsecond");
  }

  @Test
  void saysWhatElseWasAnswered() {
    answer("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");

    assertThat(behind.fault)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("\"HTTP/1.1 404 Not Found\"");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void answerWithoutEndIsNotReadOn() {
    answer("x".repeat(20_000));

    assertThat(behind.fault).hasMessageContaining("as no Docker Engine does");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void silenceIsNotWaitedForLong() {
    channel.advanceTimeBy(21, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();

    assertThat(behind.fault).hasMessageContaining("within 20 s");
    assertThat(channel.isOpen()).isFalse();
  }

  private void answer(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  private static String text(ByteBuf bytes) {
    return bytes.toString(StandardCharsets.US_ASCII);
  }

  private static final class Behind extends ChannelInboundHandlerAdapter {
    private boolean isActive;
    private Throwable fault = new AssertionError("no fault yet");

    @Override
    public void channelActive(ChannelHandlerContext context) {
      isActive = true;
      context.fireChannelActive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      fault = cause;
    }
  }
}
