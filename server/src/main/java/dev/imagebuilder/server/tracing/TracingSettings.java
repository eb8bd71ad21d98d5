package dev.imagebuilder.server.tracing;

import dev.imagebuilder.core.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the environment says about traces, in a form that the OpenTelemetry SDK takes:
 * OpenTelemetry's own variables, and Jaeger's, which mk3's installer writes, sometimes into the
 * former (SPEC 9.9).
 *
 * @param endpoint where spans go, for people
 * @param properties of the SDK; may hold the password of the endpoint, so they are never printed
 * @param buildTags put on every span
 * @param warnings what could not be followed, a sentence each
 */
record TracingSettings(
    String endpoint,
    Map<String, String> properties,
    Map<String, String> buildTags,
    List<String> warnings) {
  private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
  private static final String TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

  /** Where Jaeger, from 1.35 on, and every other collector take OTLP over gRPC. */
  private static final int OTLP_GRPC = 4317;

  /** The same over HTTP. */
  private static final int OTLP_HTTP = 4318;

  TracingSettings {
    properties = Map.copyOf(properties);
    buildTags = Map.copyOf(buildTags);
    warnings = List.copyOf(warnings);
  }

  /** Empty if no traces are wanted. */
  static Optional<TracingSettings> of(Map<String, String> environment) {
    Reading reading = new Reading(environment);
    return reading.isOff() ? Optional.empty() : reading.endpoint().map(reading::settings);
  }

  @Override
  public String toString() {
    return "traces to " + endpoint;
  }

  /** Without a password that stands in it. */
  private static String shown(String endpoint) {
    return endpoint.replaceFirst("//[^/]*@", "//");
  }

  /** One reading of the variables. */
  private static final class Reading {
    private final Map<String, String> environment;
    private final Map<String, String> properties = new TreeMap<>();
    private final List<String> warnings = new ArrayList<>();

    Reading(Map<String, String> environment) {
      this.environment = environment;
    }

    boolean isOff() {
      return is("OTEL_SDK_DISABLED") || variable("OTEL_TRACES_EXPORTER").equals("none");
    }

    /** OpenTelemetry's variable, else what Jaeger's mean. */
    Optional<String> endpoint() {
      String own = first(TRACES_ENDPOINT, ENDPOINT);
      if (!own.isEmpty()) {
        return Optional.of(withScheme(own));
      }
      return is("JAEGER_DISABLED") ? Optional.empty() : jaegerEndpoint();
    }

    TracingSettings settings(String endpoint) {
      environment.forEach((name, value) -> {
        if (name.startsWith("OTEL_") && !value.isEmpty()) {
          properties.put(propertyOf(name), value);
        }
      });
      properties.put(
          variable(TRACES_ENDPOINT).isEmpty()
              ? "otel.exporter.otlp.endpoint"
              : "otel.exporter.otlp.traces.endpoint",
          endpoint);
      headers();
      protocol(endpoint);
      exporters();
      Samplers.read(environment, warnings).forEach(properties::put);
      properties.put("otel.service.name", serviceName());
      properties.put("otel.resource.attributes", attributes());
      return new TracingSettings(shown(endpoint), properties, buildTags(), warnings);
    }

    /** Jaeger's own protocol is gone from its own collectors: the same host is asked for OTLP. */
    private Optional<String> jaegerEndpoint() {
      String collector = variable("JAEGER_ENDPOINT");
      String agent = variable("JAEGER_AGENT_HOST");
      if (collector.isEmpty() && agent.isEmpty()) {
        return Optional.empty();
      }
      String name = collector.isEmpty() ? "JAEGER_AGENT_HOST" : "JAEGER_ENDPOINT";
      Optional<String> endpoint =
          collector.isEmpty() ? Optional.of(otlp("http", agent)) : ofCollector(collector);
      warnings.add(
          name
              + ": Jaeger's own protocol is not spoken; "
              + endpoint.map(to -> "spans go to " + to + " as OTLP").orElse("no spans are sent")
              + ". Set "
              + ENDPOINT);
      if (!variable("JAEGER_USER").isEmpty()) {
        properties.put("otel.exporter.otlp.headers", "authorization=Basic%20" + login().reveal());
      }
      return endpoint;
    }

    private static Optional<String> ofCollector(String url) {
      try {
        URI uri = URI.create(url.strip());
        return Optional.ofNullable(uri.getHost())
            .map(host -> otlp("https".equals(uri.getScheme()) ? "https" : "http", host));
      } catch (IllegalArgumentException _) {
        return Optional.empty();
      }
    }

    private static String otlp(String scheme, String host) {
      return scheme + "://" + host + ":" + OTLP_GRPC;
    }

    private Secret login() {
      String login = variable("JAEGER_USER") + ":" + variable("JAEGER_PASSWORD");
      return Secret.of(
          Base64.getEncoder()
              .encodeToString(login.getBytes(StandardCharsets.UTF_8))
              .replace("+", "%2B")
              .replace("=", "%3D"));
    }

    private String withScheme(String endpoint) {
      if (endpoint.contains("://")) {
        return endpoint;
      }
      warnings.add(ENDPOINT + ": has no scheme, http:// is meant: " + shown(endpoint));
      return "http://" + endpoint;
    }

    /** What the SDK does not like it prints, so it does not get to see it: these are secrets. */
    private void headers() {
      for (String name :
          new String[] {"OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"}) {
        List<String> pairs = new ArrayList<>();
        for (String pair : variable(name).split(",", -1)) {
          if (pair.matches("[^=]+=.+")) {
            pairs.add(pair);
          } else if (!pair.isBlank()) {
            warnings.add(name + ": number " + (pairs.size() + 1) + " is not key=value, left out");
          }
        }
        if (!variable(name).isEmpty()) {
          properties.put(propertyOf(name), String.join(",", pairs));
        }
      }
    }

    /** The SDK's default is gRPC wherever spans go; the port tells better. */
    private void protocol(String endpoint) {
      if (first("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL").isEmpty()) {
        boolean isHttp = endpoint.matches(".*:" + OTLP_HTTP + "(/.*)?|[a-z]+://[^/]+/.+");
        properties.put("otel.exporter.otlp.protocol", isHttp ? "http/protobuf" : "grpc");
      }
    }

    private void exporters() {
      String wish = variable("OTEL_TRACES_EXPORTER");
      if (!wish.isEmpty() && !wish.equals("otlp")) {
        warnings.add("OTEL_TRACES_EXPORTER: not known: " + wish + "; otlp is used");
      }
      properties.put("otel.traces.exporter", "otlp");
      properties.put("otel.metrics.exporter", "none");
      properties.put("otel.logs.exporter", "none");
      // Jaeger's and the W3C's, whatever it says: callers and ws-manager send and read Jaeger's.
      properties.put("otel.propagators", "none");
    }

    private String serviceName() {
      String name = first("OTEL_SERVICE_NAME", "JAEGER_SERVICE_NAME");
      return name.isEmpty() ? "image-builder-mk3" : name;
    }

    private String attributes() {
      List<String> pairs = new ArrayList<>();
      for (String name : new String[] {"JAEGER_TAGS", "OTEL_RESOURCE_ATTRIBUTES"}) {
        for (String pair : variable(name).split(",", -1)) {
          if (pair.strip().matches("[^=]+=.*")) {
            pairs.add(pair.strip());
          } else if (!pair.isBlank()) {
            warnings.add(name + ": not key=value, left out: " + pair.strip());
          }
        }
      }
      return String.join(",", pairs);
    }

    private Map<String, String> buildTags() {
      Map<String, String> tags = new LinkedHashMap<>();
      for (String name : new String[] {"commit", "version"}) {
        String value =
            variable("GITPOD_BUILD_" + (name.equals("commit") ? "GIT_COMMIT" : "VERSION"));
        if (!value.isEmpty()) {
          tags.put("service.build." + name, value);
        }
      }
      return tags;
    }

    private static String propertyOf(String variable) {
      return variable.toLowerCase(Locale.ROOT).replace('_', '.');
    }

    private String first(String name, String other) {
      return variable(name).isEmpty() ? variable(other) : variable(name);
    }

    private boolean is(String name) {
      return variable(name).equalsIgnoreCase("true") || variable(name).equals("1");
    }

    private String variable(String name) {
      return environment.getOrDefault(name, "").strip();
    }
  }
}
