package dev.imagebuilder.server.api;

import dev.imagebuilder.core.TraceContext;
import io.grpc.Context;
import org.jspecify.annotations.Nullable;

/** The trace that the current call belongs to. */
public final class CallTrace {
  /** Set by whoever traces calls. */
  public static final Context.Key<TraceContext> KEY = Context.key("trace");

  private CallTrace() {}

  /** That of the call on this thread. */
  static TraceContext current() {
    @Nullable TraceContext trace = KEY.get();
    return trace == null ? TraceContext.NONE : trace;
  }
}
