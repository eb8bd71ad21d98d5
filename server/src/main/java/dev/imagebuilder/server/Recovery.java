package dev.imagebuilder.server;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a call as INTERNAL whose handler hits a bug. Innermost, so that the call is counted, logged
 * and traced as what it was (SPEC 9.5).
 */
final class Recovery implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(Recovery.class);
  private static final Status BUG =
      Status.INTERNAL.withDescription("internal error, the service's own log has more");

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    ServerCall.Listener<Q> listener;
    try {
      listener = next.startCall(call, headers);
    } catch (RuntimeException | Error e) {
      end(call, e);
      return new ServerCall.Listener<>() {};
    }
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onMessage(Q message) {
        guard(call, () -> super.onMessage(message));
      }

      @Override
      public void onHalfClose() {
        guard(call, super::onHalfClose);
      }

      @Override
      public void onReady() {
        guard(call, super::onReady);
      }
    };
  }

  private static void guard(ServerCall<?, ?> call, Runnable handler) {
    try {
      handler.run();
    } catch (RuntimeException | Error e) {
      end(call, e);
    }
  }

  private static void end(ServerCall<?, ?> call, Throwable bug) {
    log.atError()
        .setCause(bug)
        .addKeyValue("grpc.method", call.getMethodDescriptor().getFullMethodName())
        .log("a call hit a bug");
    try {
      call.close(BUG, new Metadata());
    } catch (IllegalStateException _) {
      // It had ended before.
    }
  }
}
