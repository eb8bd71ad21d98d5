package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the gRPC port takes of its callers (SPEC 9.5). */
final class GrpcLimitsIT {
  private static final int MOST = 100 * 1024 * 1024;

  /** No field of any message: skipped by whoever reads it. */
  private static final int UNKNOWN_FIELD = 1000;

  /** HTTP/2 frame types and sizes (RFC 9113). */
  private static final int PING = 6;

  private static final int GOAWAY = 7;
  private static final int FRAME_HEAD = 9;

  private ServiceProcess service;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    service = TestService.start((_, _) -> new FakeBuilds());
    channel = TestService.connect(service.grpcAddress());
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    service.close();
  }

  @Test
  @Tag("row-128")
  void hundredMebibytesAreTakenAndNotOneMore() throws Exception {
    assertThat(call(message(MOST))).isEmpty();

    assertThatThrownBy(() -> call(message(MOST + 1)))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("RESOURCE_EXHAUSTED");
  }

  @Test
  void clientThatPingsAllTheTimeIsCutOff() throws Exception {
    try (Socket socket =
        new Socket(service.grpcAddress().getAddress(), service.grpcAddress().getPort())) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(frame(4, 0));
      for (int i = 0; i < 10; i++) {
        socket.getOutputStream().write(frame(PING, 8));
      }

      assertThat(goAway(new DataInputStream(socket.getInputStream()))).endsWith("too_many_pings");
    }
  }

  private byte[] call(byte[] message) {
    var method =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodType.UNARY)
            .setFullMethodName(ImageBuilderGrpc.getListBuildsMethod().getFullMethodName())
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();
    return ClientCalls.blockingUnaryCall(
        channel, method, CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS), message);
  }

  /** A message of so many bytes. */
  private static byte[] message(int size) throws IOException {
    int head = 0;
    int body = size;
    while (head + body != size || head == 0) {
      body = size - head;
      head =
          CodedOutputStream.computeTagSize(UNKNOWN_FIELD)
              + CodedOutputStream.computeUInt32SizeNoTag(body);
      body = size - head;
    }
    byte[] message = new byte[size];
    CodedOutputStream out = CodedOutputStream.newInstance(message);
    out.writeByteArray(UNKNOWN_FIELD, new byte[body]);
    return message;
  }

  private static byte[] frame(int type, int length) {
    return ByteBuffer.allocate(FRAME_HEAD + length)
        .put((byte) 0)
        .putShort((short) length)
        .put((byte) type)
        .array();
  }

  /** Reads frames up to the one that says why the connection ends. */
  private static String goAway(DataInputStream in) throws IOException {
    while (true) {
      int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      in.skipNBytes(5);
      byte[] body = in.readNBytes(length);
      if (type == GOAWAY) {
        return new String(body, StandardCharsets.US_ASCII);
      }
    }
  }

  /** Messages as they are. */
  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] message) {
      return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream in) {
      try {
        return in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
