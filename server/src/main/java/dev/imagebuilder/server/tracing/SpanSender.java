package dev.imagebuilder.server.tracing;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.GrpcResponse;
import io.opentelemetry.sdk.common.export.GrpcSender;
import io.opentelemetry.sdk.common.export.GrpcSenderConfig;
import io.opentelemetry.sdk.common.export.GrpcSenderProvider;
import io.opentelemetry.sdk.common.export.GrpcStatusCode;
import io.opentelemetry.sdk.common.export.MessageWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Sends spans over the gRPC that is here anyway; the SDK's own way would bring another one. */
final class SpanSender implements GrpcSender {
  private final GrpcSenderConfig config;
  private final ManagedChannel channel;
  private final MethodDescriptor<byte[], byte[]> method;

  private SpanSender(GrpcSenderConfig config) {
    this.config = config;
    this.channel = channel(config);
    this.method =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodType.UNARY)
            .setFullMethodName(config.getFullMethodName())
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();
  }

  @Override
  public void send(
      MessageWriter message, Consumer<GrpcResponse> onResponse, Consumer<Throwable> onError) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.getContentLength());
    try {
      message.writeMessage(bytes);
    } catch (IOException e) {
      onError.accept(e);
      return;
    }
    ClientInterceptor headers = MetadataUtils.newAttachHeadersInterceptor(headers());
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(config.getTimeout().toNanos(), TimeUnit.NANOSECONDS);
    ClientCalls.asyncUnaryCall(
        io.grpc.ClientInterceptors.intercept(channel, headers).newCall(method, options),
        bytes.toByteArray(),
        new Answer(onResponse));
  }

  @Override
  public CompletableResultCode shutdown() {
    channel.shutdownNow();
    return CompletableResultCode.ofSuccess();
  }

  private Metadata headers() {
    Metadata headers = new Metadata();
    config
        .getHeadersSupplier()
        .get()
        .forEach((name, values) -> {
          var key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
          values.forEach(value -> headers.put(key, value));
        });
    return headers;
  }

  private static ManagedChannel channel(GrpcSenderConfig config) {
    URI to = config.getEndpoint();
    boolean isPlain = "http".equals(to.getScheme());
    int port = to.getPort() >= 0 ? to.getPort() : isPlain ? 80 : 443;
    NettyChannelBuilder builder = NettyChannelBuilder.forAddress(to.getHost(), port);
    if (isPlain) {
      return builder.usePlaintext().build();
    }
    @Nullable SSLContext trust = config.getSslContext();
    return (trust == null ? builder : builder.sslContext(netty(trust))).build();
  }

  private static SslContext netty(SSLContext context) {
    return new JdkSslContext(
        context,
        true,
        null,
        SupportedCipherSuiteFilter.INSTANCE,
        new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_2),
        ClientAuth.NONE,
        null,
        false);
  }

  /** Made by the SDK, which finds it as a service. */
  public static final class Provider implements GrpcSenderProvider {
    @Override
    public GrpcSender createSender(GrpcSenderConfig config) {
      return new SpanSender(config);
    }
  }

  /** Tells the SDK how one call ended. */
  private static final class Answer implements StreamObserver<byte[]> {
    private final Consumer<GrpcResponse> taker;
    private byte[] message = {};

    Answer(Consumer<GrpcResponse> taker) {
      this.taker = taker;
    }

    @Override
    public void onNext(byte[] answer) {
      message = answer;
    }

    @Override
    public void onError(Throwable cause) {
      taker.accept(new Response(Status.fromThrowable(cause), message));
    }

    @Override
    public void onCompleted() {
      taker.accept(new Response(Status.OK, message));
    }
  }

  /** For one taker, so the array is nobody else's. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Response(Status status, byte[] message) implements GrpcResponse {
    @Override
    public GrpcStatusCode getStatusCode() {
      return GrpcStatusCode.fromValue(status.getCode().value());
    }

    @Override
    public @Nullable String getStatusDescription() {
      return status.getDescription();
    }

    @Override
    public byte[] getResponseMessage() {
      return message;
    }
  }

  /** Messages that the SDK writes and reads by itself. */
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
