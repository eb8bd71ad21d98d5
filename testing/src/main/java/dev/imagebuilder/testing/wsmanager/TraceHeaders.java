package dev.imagebuilder.testing.wsmanager;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Keeps what calls say about the trace that they belong to. */
final class TraceHeaders implements ServerInterceptor {
  private static final Metadata.Key<String> NAME =
      Metadata.Key.of("uber-trace-id", Metadata.ASCII_STRING_MARSHALLER);

  private final Faults faults;

  TraceHeaders(Faults faults) {
    this.faults = faults;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String trace = headers.get(NAME);
    if (trace != null) {
      faults.traced(call.getMethodDescriptor().getBareMethodName() + " " + trace);
    }
    return next.startCall(call, headers);
  }
}
