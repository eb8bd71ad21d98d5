package dev.imagebuilder.server.tracing;

import dev.imagebuilder.core.TraceContext;
import dev.imagebuilder.server.api.CallTrace;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a span of each call, in the caller's trace if it has one. Health checks have none. */
final class CallTracer implements ServerInterceptor {
  private static final String HEALTH = "grpc.health.v1.Health";
  private static final TextMapGetter<Metadata> HEADERS = new Headers();

  private final Tracer tracer;
  private final TextMapPropagator propagator;
  private final Map<String, String> tags;

  /** Makes spans that have the tags. */
  CallTracer(Tracer tracer, TextMapPropagator propagator, Map<String, String> tags) {
    this.tracer = tracer;
    this.propagator = propagator;
    this.tags = tags;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    MethodDescriptor<Q, A> method = call.getMethodDescriptor();
    if (HEALTH.equals(method.getServiceName())) {
      return next.startCall(call, headers);
    }
    Span span = start(method, propagator.extract(Context.root(), headers, HEADERS));
    var traced =
        new SimpleForwardingServerCall<Q, A>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            end(span, status);
            super.close(status, trailers);
          }
        };
    var context = io.grpc.Context.current().withValue(CallTrace.KEY, outgoing(span));
    return new SimpleForwardingServerCallListener<>(
        Contexts.interceptCall(context, traced, headers, next)) {
      @Override
      public void onCancel() {
        end(span, Status.CANCELLED);
        super.onCancel();
      }
    };
  }

  /** Named as mk3 names them, {@code /builder.ImageBuilder/Build}. */
  private Span start(MethodDescriptor<?, ?> method, Context caller) {
    SpanBuilder span =
        tracer
            .spanBuilder("/" + method.getFullMethodName())
            .setSpanKind(SpanKind.SERVER)
            .setParent(caller)
            .setAttribute("rpc.system", "grpc")
            .setAttribute("rpc.service", String.valueOf(method.getServiceName()))
            .setAttribute("rpc.method", String.valueOf(method.getBareMethodName()));
    tags.forEach(span::setAttribute);
    return span.startSpan();
  }

  /** What calls must carry that are made because of this one. */
  private TraceContext outgoing(Span span) {
    Map<String, String> headers = new HashMap<>();
    propagator.inject(
        Context.root().with(span),
        headers,
        (carrier, name, value) -> {
          if (carrier != null) {
            carrier.put(name.toLowerCase(Locale.ROOT), value);
          }
        });
    return new TraceContext(headers);
  }

  /** Ends it once; ends after the first change nothing. */
  private static void end(Span span, Status status) {
    span.setAttribute("rpc.grpc.status_code", status.getCode().value());
    if (isFailure(status.getCode())) {
      String why = status.getDescription();
      span.setStatus(StatusCode.ERROR, why == null ? status.getCode().name() : why);
    }
    span.end();
  }

  /** True for what is the service's own fault. */
  private static boolean isFailure(Status.Code code) {
    return switch (code) {
      case UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS -> true;
      case OK,
          CANCELLED,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          RESOURCE_EXHAUSTED,
          FAILED_PRECONDITION,
          ABORTED,
          OUT_OF_RANGE,
          UNAUTHENTICATED ->
          false;
    };
  }

  /** The headers of a call that are texts. */
  private static final class Headers implements TextMapGetter<Metadata> {
    @Override
    @SuppressWarnings("deprecation") // not yet replaced: Jaeger's propagator calls it for baggage
    public Iterable<String> keys(Metadata headers) {
      return headers.keys().stream().filter(key -> !isBinary(key)).toList();
    }

    @Override
    public @Nullable String get(@Nullable Metadata headers, String key) {
      String name = key.toLowerCase(Locale.ROOT);
      return headers == null || isBinary(name)
          ? null
          : headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }

    private static boolean isBinary(String key) {
      return key.endsWith(Metadata.BINARY_HEADER_SUFFIX);
    }
  }
}
