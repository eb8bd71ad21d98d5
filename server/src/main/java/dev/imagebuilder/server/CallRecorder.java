package dev.imagebuilder.server;

import io.grpc.Context;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Counts every call, and logs streams always, other calls only when they fail (SPEC 9.6, 9.8). */
final class CallRecorder implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(CallRecorder.class);
  private static final String HEALTH = "grpc.health.v1.Health";

  /** A caller's clock started before ours: its cancel may come before our deadline, by the way. */
  private static final long CLOCK_LAG_MILLIS = 100;

  private final CallMetrics metrics;

  CallRecorder(PrometheusRegistry registry) {
    this.metrics = new CallMetrics(registry);
  }

  /** Makes a method's series appear before its first call. */
  void announce(MethodDescriptor<?, ?> method) {
    metrics.of(method);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Recording recording = new Recording(call.getMethodDescriptor());
    var recorded =
        new SimpleForwardingServerCall<Q, A>(call) {
          @Override
          public void sendMessage(A message) {
            recording.method.sent().inc();
            super.sendMessage(message);
          }

          @Override
          public void close(Status status, Metadata trailers) {
            recording.end(status);
            super.close(status, trailers);
          }
        };
    return new SimpleForwardingServerCallListener<>(next.startCall(recorded, headers)) {
      @Override
      public void onMessage(Q message) {
        recording.method.received().inc();
        super.onMessage(message);
      }

      @Override
      public void onCancel() {
        recording.end(recording.afterCancel());
        super.onCancel();
      }
    };
  }

  /** One call. */
  private final class Recording {
    private final MethodDescriptor<?, ?> descriptor;
    private final CallMetrics.Method method;
    private final long start = System.nanoTime();
    private final AtomicBoolean isOver = new AtomicBoolean();

    Recording(MethodDescriptor<?, ?> descriptor) {
      this.descriptor = descriptor;
      this.method = metrics.of(descriptor);
      method.started().inc();
    }

    /** A stream whose caller's time was up ended well; mk3 says OK too (SPEC 3.3). */
    Status afterCancel() {
      var deadline = Context.current().getDeadline();
      boolean isOutOfTime =
          deadline != null && deadline.timeRemaining(TimeUnit.MILLISECONDS) <= CLOCK_LAG_MILLIS;
      boolean isUnary = descriptor.getType() == MethodDescriptor.MethodType.UNARY;
      if (!isOutOfTime) {
        return Status.CANCELLED;
      }
      return isUnary ? Status.DEADLINE_EXCEEDED : Status.OK;
    }

    void end(Status status) {
      if (!isOver.compareAndSet(false, true)) {
        return;
      }
      long nanos = System.nanoTime() - start;
      method.ended(status.getCode(), nanos / 1e9);
      boolean isUnary = descriptor.getType() == MethodDescriptor.MethodType.UNARY;
      if (HEALTH.equals(descriptor.getServiceName()) || (isUnary && status.isOk())) {
        return;
      }
      LoggingEventBuilder line =
          log.atLevel(levelOf(status.getCode()))
              .addKeyValue("grpc.service", descriptor.getServiceName())
              .addKeyValue("grpc.method", descriptor.getBareMethodName())
              .addKeyValue("grpc.code", CallMetrics.nameOf(status.getCode()))
              .addKeyValue("grpc.time_ms", nanos / 1_000_000);
      if (!status.isOk()) {
        line = line.addKeyValue("error", textOf(status));
      }
      line.log(isUnary ? "finished unary call" : "finished streaming call");
    }
  }

  /** As Go's gRPC prints it. */
  private static String textOf(Status status) {
    String text = "rpc error: code = " + CallMetrics.nameOf(status.getCode());
    return status.getDescription() == null ? text : text + " desc = " + status.getDescription();
  }

  private static Level levelOf(Status.Code code) {
    return switch (code) {
      case OK,
          CANCELLED,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          UNAUTHENTICATED,
          PERMISSION_DENIED,
          FAILED_PRECONDITION,
          OUT_OF_RANGE,
          UNIMPLEMENTED ->
          Level.INFO;
      case DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, UNAVAILABLE -> Level.WARN;
      case UNKNOWN, INTERNAL, DATA_LOSS -> Level.ERROR;
    };
  }
}
