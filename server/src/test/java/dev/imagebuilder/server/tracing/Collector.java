package dev.imagebuilder.server.tracing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

/** Takes spans as every collector does: OTLP over gRPC, and over HTTP. */
public final class Collector implements AutoCloseable {
  private final List<ResourceSpans> received = new CopyOnWriteArrayList<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final Server grpc;
  private final HttpServer http;

  private Collector() throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    grpc =
        NettyServerBuilder.forAddress(any)
            .addService(new Api())
            .intercept(new Authorizations())
            .build()
            .start();
    http = HttpServer.create(any, 0);
    http.createContext("/v1/traces", this::take);
    http.start();
  }

  public static Collector start() throws IOException {
    return new Collector();
  }

  /** Where it speaks gRPC. */
  public String grpc() {
    return "http://127.0.0.1:" + grpc.getPort();
  }

  /** Where it speaks HTTP. */
  public String http() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  /** The spans so far, by the program's name for the call. */
  public List<Span> spans(String name) {
    return received.stream()
        .flatMap(resource -> resource.getScopeSpansList().stream())
        .flatMap(scope -> scope.getSpansList().stream())
        .filter(span -> span.getName().equals(name))
        .toList();
  }

  /** What has sent them. */
  public List<ResourceSpans> resources() {
    return received;
  }

  /** The headers of that name. */
  public List<String> authorizations() {
    return authorizations;
  }

  @Override
  public void close() {
    http.stop(0);
    grpc.shutdownNow();
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean isPacked = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      var body = exchange.getRequestBody();
      received.addAll(
          ExportTraceServiceRequest.parseFrom(isPacked ? new GZIPInputStream(body) : body)
              .getResourceSpansList());
      exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private final class Api extends TraceServiceGrpc.TraceServiceImplBase {
    @Override
    public void export(
        ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> responses) {
      received.addAll(request.getResourceSpansList());
      responses.onNext(ExportTraceServiceResponse.getDefaultInstance());
      responses.onCompleted();
    }
  }

  private final class Authorizations implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      String value =
          headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
      if (value != null) {
        authorizations.add(value);
      }
      return Contexts.interceptCall(Context.current(), call, headers, next);
    }
  }
}
