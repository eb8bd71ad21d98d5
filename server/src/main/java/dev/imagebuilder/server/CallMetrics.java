package dev.imagebuilder.server;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The series of Go's gRPC interceptors, which alert rules are written for (SPEC 9.6). */
final class CallMetrics {
  private static final String[] LABELS = {"grpc_type", "grpc_service", "grpc_method"};
  private static final double[] SECONDS = {
    .005, .025, .05, .1, .5, 1, 2.5, 5, 30, 60, 120, 240, 600
  };

  private final Counter started;
  private final Counter received;
  private final Counter sent;
  private final Counter handled;
  private final Histogram seconds;
  private final Map<String, Method> methods = new ConcurrentHashMap<>();

  CallMetrics(PrometheusRegistry registry) {
    this.started =
        counter("grpc_server_started_total", "RPCs started on the server.", registry, LABELS);
    this.received =
        counter("grpc_server_msg_received_total", "Messages received.", registry, LABELS);
    this.sent = counter("grpc_server_msg_sent_total", "Messages sent.", registry, LABELS);
    this.handled =
        counter(
            "grpc_server_handled_total",
            "RPCs completed on the server, by their end.",
            registry,
            "grpc_type",
            "grpc_service",
            "grpc_method",
            "grpc_code");
    this.seconds =
        Histogram.builder()
            .name("grpc_server_handling_seconds")
            .help("Duration of RPCs until the server completed them.")
            .labelNames(LABELS)
            .classicOnly()
            .classicUpperBounds(SECONDS)
            .register(registry);
  }

  /** A method's series; all of them exist from the first call of this on. */
  Method of(MethodDescriptor<?, ?> method) {
    return methods.computeIfAbsent(method.getFullMethodName(), _ -> create(method));
  }

  private Method create(MethodDescriptor<?, ?> method) {
    String type =
        switch (method.getType()) {
          case UNARY, UNKNOWN -> "unary";
          case SERVER_STREAMING -> "server_stream";
          case CLIENT_STREAMING -> "client_stream";
          case BIDI_STREAMING -> "bidi_stream";
        };
    String service = String.valueOf(method.getServiceName());
    String name = String.valueOf(method.getBareMethodName());
    Map<Status.Code, CounterDataPoint> byCode = new EnumMap<>(Status.Code.class);
    for (Status.Code code : Status.Code.values()) {
      byCode.put(code, handled.labelValues(type, service, name, nameOf(code)));
    }
    return new Method(
        started.labelValues(type, service, name),
        received.labelValues(type, service, name),
        sent.labelValues(type, service, name),
        byCode,
        seconds.labelValues(type, service, name));
  }

  /** The code in Go's spelling: {@code OK}, {@code InvalidArgument}, {@code Canceled}. */
  static String nameOf(Status.Code code) {
    if (code == Status.Code.OK) {
      return "OK";
    }
    if (code == Status.Code.CANCELLED) {
      return "Canceled";
    }
    StringBuilder name = new StringBuilder();
    for (String word : code.name().split("_", -1)) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return name.toString();
  }

  private static Counter counter(
      String name, String help, PrometheusRegistry registry, String... labels) {
    return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
  }

  /** One method's series. */
  record Method(
      CounterDataPoint started,
      CounterDataPoint received,
      CounterDataPoint sent,
      Map<Status.Code, CounterDataPoint> handled,
      DistributionDataPoint seconds) {

    void ended(Status.Code code, double after) {
      CounterDataPoint ofCode = handled.get(code);
      if (ofCode != null) {
        ofCode.inc();
      }
      seconds.observe(after);
    }
  }
}
