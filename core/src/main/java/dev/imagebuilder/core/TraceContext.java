package dev.imagebuilder.core;

import java.util.Map;

/**
 * Where a request stands in a trace, for the calls that are made because of it.
 *
 * @param headers to be sent with those calls, {@code uber-trace-id} among them; names in lower
 *     case; empty if nobody traces
 */
public record TraceContext(Map<String, String> headers) {
  /** Of what nobody traces. */
  public static final TraceContext NONE = new TraceContext(Map.of());

  public TraceContext {
    headers = Map.copyOf(headers);
  }
}
