package dev.imagebuilder.server.tracing;

import dev.imagebuilder.net.Network;
import io.grpc.ServerInterceptor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Traces calls if the environment says where traces go. Nothing about it stops a start. */
public final class Tracing implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Tracing.class);

  private final @Nullable TracingSdk sdk;

  private Tracing(@Nullable TracingSdk sdk) {
    this.sdk = sdk;
  }

  /** What the environment asks for. What of it cannot be followed is warned about. */
  public static Tracing start(Map<String, String> environment, Network network) {
    Optional<TracingSettings> settings = TracingSettings.of(environment);
    if (settings.isEmpty()) {
      return new Tracing(null);
    }
    settings.get().warnings().forEach(log::warn);
    try {
      TracingSdk sdk = TracingSdk.start(settings.get(), network);
      log.atInfo().addKeyValue("to", settings.get().endpoint()).log("traces are sent");
      return new Tracing(sdk);
    } catch (RuntimeException e) {
      log.atWarn()
          .addKeyValue("cause", e.getMessage())
          .log("no traces are sent: their settings in the environment cannot be used");
      return new Tracing(null);
    }
  }

  /** What makes a span of each call; none if nobody traces. */
  public List<ServerInterceptor> interceptors() {
    return sdk == null ? List.of() : List.of(sdk.interceptor());
  }

  /** Sends what has not been sent yet, for a moment at most. */
  @Override
  public void close() {
    if (sdk != null) {
      sdk.close();
    }
  }
}
