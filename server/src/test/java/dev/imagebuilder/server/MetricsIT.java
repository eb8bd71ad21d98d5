package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.testing.wsmanager.Ending;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of metrics after two builds, one of which failed. */
final class MetricsIT {
  private static final Pattern TYPE = Pattern.compile("# TYPE ([a-z_]+) ([a-z]+)");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** SPEC 9.6: name, type, labels, and bounds of the buckets. */
  private static final String EXPECTED =
      """
      gitpod_http_request_duration_seconds histogram [code, handler, method, service] \
      [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, +Inf]
      gitpod_http_requests_inflight gauge [handler, service] []
      gitpod_http_response_size_bytes histogram [code, handler, method, service] \
      [100.0, 1000.0, 10000.0, 100000.0, 1000000.0, 1.0E7, 1.0E8, 1.0E9, +Inf]
      gitpod_image_builder_builds_done_total counter [success] []
      gitpod_image_builder_builds_started_total counter [] []
      gitpod_logs_total counter [level] []
      gitpod_server_version gauge [version] []
      grpc_server_handled_total counter [grpc_code, grpc_method, grpc_service, grpc_type] []
      grpc_server_handling_seconds histogram [grpc_method, grpc_service, grpc_type] \
      [0.005, 0.025, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0, 30.0, 60.0, 120.0, 240.0, 600.0, +Inf]
      grpc_server_msg_received_total counter [grpc_method, grpc_service, grpc_type] []
      grpc_server_msg_sent_total counter [grpc_method, grpc_service, grpc_type] []
      grpc_server_started_total counter [grpc_method, grpc_service, grpc_type] []
      process_cpu_seconds_total counter [] []
      process_max_fds gauge [] []
      process_open_fds gauge [] []
      process_resident_memory_bytes gauge [] []
      process_start_time_seconds gauge [] []
      process_virtual_memory_bytes gauge [] []
      promhttp_metric_handler_requests_in_flight gauge [] []
      promhttp_metric_handler_requests_total counter [code] []
      """;

  private @TempDir Path folder;

  @Test
  @Tag("row-132")
  @Tag("row-133")
  void namesLabelsAndBucketsAreMk3s() throws Exception {
    try (ServiceHouse house = ServiceHouse.open(folder)) {
      ServiceProcess service = house.service();
      house.put(house.ref("base:v1"));
      BuildRequest.Builder request =
          BuildRequest.newBuilder()
              .setSource(ServiceHouse.reference(house.ref("base:v1")))
              .setTriggeredBy("eve");
      house.manager().program(_ -> Ending.taskFailed("build failed: no"));
      house.build(request);
      house
          .manager()
          .program(workspace -> {
            house.put(workspace.variable("WORKSPACEKIT_BOBPROXY_TARGETREF"));
            return Ending.success();
          });
      house.build(request);
      TestService.get(service.healthAddress(), "/live");
      TestService.get(service.metricsAddress(), "/metrics");

      String page = TestService.get(service.metricsAddress(), "/metrics").body();
      assertThat(described(page)).isEqualTo(EXPECTED);
      assertThat(page.lines())
          .contains(
              "gitpod_image_builder_builds_started_total 2.0",
              "gitpod_image_builder_builds_done_total{success=\"true\"} 1.0",
              "gitpod_image_builder_builds_done_total{success=\"false\"} 1.0",
              "gitpod_server_version{version=\"v0\"} 1.0",
              "promhttp_metric_handler_requests_total{code=\"200\"} 1.0",
              "grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"Build\","
                  + "grpc_service=\"builder.ImageBuilder\",grpc_type=\"server_stream\"} 2.0",
              "grpc_server_handled_total{grpc_code=\"Internal\",grpc_method=\"Build\","
                  + "grpc_service=\"builder.ImageBuilder\",grpc_type=\"server_stream\"} 0.0")
          .anyMatch(line ->
              line.startsWith(
                  "gitpod_http_request_duration_seconds_count{code=\"200\","
                      + "handler=\"/live\",method=\"GET\",service=\"health\"} 1"));
    }
  }

  /** Every family of the page but the runtime's own, a line each, sorted. */
  private static String described(String page) {
    Map<String, String> types = new TreeMap<>();
    Map<String, Set<String>> labels = new LinkedHashMap<>();
    Map<String, Set<String>> bounds = new LinkedHashMap<>();
    String family = "";
    for (String line : page.lines().toList()) {
      Matcher type = TYPE.matcher(line);
      if (type.matches()) {
        family = type.group(1);
        types.put(family, type.group(2));
        labels.put(family, new TreeSet<>());
        bounds.put(family, new LinkedHashSet<>());
      } else if (!line.startsWith("#")) {
        Matcher label = LABEL.matcher(line);
        while (label.find()) {
          if (label.group(1).equals("le")) {
            bounds.getOrDefault(family, new TreeSet<>()).add(bound(label.group(2)));
          } else {
            labels.getOrDefault(family, new TreeSet<>()).add(label.group(1));
          }
        }
      }
    }
    StringBuilder text = new StringBuilder();
    types.forEach((name, type) -> {
      if (!name.startsWith("jvm_")) {
        text.append(name + " " + type + " " + labels.get(name) + " " + bounds.get(name) + "\n");
      }
    });
    return text.toString();
  }

  private static String bound(String text) {
    return text.equals("+Inf") ? text : Double.toString(Double.parseDouble(text));
  }
}
