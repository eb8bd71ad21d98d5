package dev.imagebuilder.server.api;

import dev.imagebuilder.service.RequestFault;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;

/** The gRPC statuses that callers get. */
final class Statuses {
  /** While the service goes down. */
  static final Status STOPPING =
      Status.UNAVAILABLE.withDescription("the service is stopping - please try again");

  /** A bug: the cause is in the log, not on the wire. */
  static final Status INTERNAL =
      Status.INTERNAL.withDescription("internal error; its cause is in the service's log");

  /** Clients refuse trailers of 8 KiB, and every byte may take three there. */
  private static final int LONGEST = 2000;

  private Statuses() {}

  /** What SPEC 3 names for the fault. */
  static Status of(RequestFault fault) {
    Status.Code code =
        switch (fault.kind()) {
          case INVALID_ARGUMENT -> Status.Code.INVALID_ARGUMENT;
          case NOT_FOUND -> Status.Code.NOT_FOUND;
          case UNAUTHENTICATED -> Status.Code.UNAUTHENTICATED;
          case UNAVAILABLE -> Status.Code.UNAVAILABLE;
          case OUT_OF_RANGE -> Status.Code.OUT_OF_RANGE;
          case RESOURCE_EXHAUSTED -> Status.Code.RESOURCE_EXHAUSTED;
          case INTERNAL -> Status.Code.INTERNAL;
        };
    return code.toStatus().withDescription(cut(String.valueOf(fault.getMessage())));
  }

  private static String cut(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= LONGEST) {
      return text;
    }
    return new String(bytes, 0, LONGEST, StandardCharsets.UTF_8).replaceFirst("\uFFFD+$", "") + "…";
  }
}
