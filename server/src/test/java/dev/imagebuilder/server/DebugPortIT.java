package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.logging.LogFormat;
import dev.imagebuilder.logging.LogLevel;
import dev.imagebuilder.logging.LogOptions;
import dev.imagebuilder.logging.LogSetup;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The debug port, over HTTP. */
final class DebugPortIT {
  private final HttpClient client = HttpClient.newHttpClient();
  private final LogSetup log =
      LogSetup.install(new LogOptions("test", "v0", LogFormat.TEXT, LogLevel.WARNING));
  @TempDir private Path folder;
  private ServiceProcess service;

  @BeforeEach
  void start() throws Exception {
    String everywhere =
        TestService.config()
            .replace(
                "\"debug\": {\"address\": \"127.0.0.1:0\"}", "\"debug\": {\"address\": \":0\"}");
    service =
        ServiceProcess.start(
            new ProcessOptions(TestService.configuration(everywhere), "v0", Map.of(), log),
            (_, _) -> new FakeBuilds());
  }

  @AfterEach
  void stop() {
    service.close();
    client.close();
  }

  @Test
  @Tag("row-126")
  void levelOfTheLogIsShownAndSet() throws Exception {
    assertAnswer(logging("GET", ""), 200, "{\"level\":\"warning\"}\n");

    assertAnswer(logging("POST", "{\"level\":\"error\"}"), 200, "{\"level\":\"error\"}\n");
    assertThat(log.level()).isEqualTo(LogLevel.ERROR);
    assertAnswer(logging("PUT", "{\"level\":\"debug\"}"), 200, "{\"level\":\"debug\"}\n");
    assertThat(log.level()).isEqualTo(LogLevel.DEBUG);
    assertAnswer(logging("GET", ""), 200, "{\"level\":\"debug\"}\n");
  }

  @Test
  @Tag("row-126")
  void wrongRequestsForTheLevelHaveMk3sStatuses() throws Exception {
    assertAnswer(logging("DELETE", ""), 400, "DELETE unsupported\n");
    for (String body : List.of("", "loud", "[]", "{\"level\":1}", "{}")) {
      assertThat(logging("PUT", body).statusCode()).as(body).isEqualTo(412);
    }
    assertThat(logging("PUT", "{\"level\":\"loud\"}").statusCode()).isEqualTo(400);
    assertThat(log.level()).isEqualTo(LogLevel.WARNING);
  }

  @Test
  void indexTellsWhatThereIs() throws Exception {
    for (String path : List.of("/", "/debug/", "/debug/pprof/")) {
      assertThat(get(path).body())
          .contains("/debug/logging", "/debug/threads", "/debug/heap", "/debug/jfr");
    }
    assertThat(get("/debug/pprof/profile").statusCode()).isEqualTo(404);
  }

  @Test
  void threadDumpHasTheVirtualOnes() throws Exception {
    assertThat(get("/debug/threads").body()).contains("HTTP-Dispatcher", "Diagnostics.threads");
  }

  @Test
  void heapHistogramNamesClasses() throws Exception {
    assertThat(get("/debug/heap").body()).contains("java.lang.String", "#instances");
  }

  @Test
  void recordingIsAFlightRecordingWithoutTheEnvironment() throws Exception {
    HttpResponse<byte[]> answer =
        client.send(
            request("/debug/jfr?seconds=1", "GET", ""), HttpResponse.BodyHandlers.ofByteArray());
    Path file = Files.write(folder.resolve("r.jfr"), answer.body());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(RecordingFile.readAllEvents(file))
        .isNotEmpty()
        .noneMatch(event -> event.getEventType().getName().startsWith("jdk.Initial"))
        .noneMatch(event -> event.getEventType().getName().equals("jdk.SystemProcess"));
  }

  @Test
  void recordingsThatWouldTakeTooLongAreRefused() throws Exception {
    for (String query : List.of("seconds=0", "seconds=61", "seconds=999", "seconds=x", "x=1")) {
      assertThat(get("/debug/jfr?" + query).statusCode()).as(query).isEqualTo(400);
    }
  }

  @Test
  void otherMachinesSeeTheLevelOfTheLogOnly() throws Exception {
    InetAddress own =
        outside().orElseGet(() -> Assumptions.abort("this machine has loopback addresses only"));

    assertThat(send(own, "/debug/threads").statusCode()).isEqualTo(403);
    assertThat(send(own, "/debug/heap").statusCode()).isEqualTo(403);
    assertThat(send(own, "/debug/jfr?seconds=1").statusCode()).isEqualTo(403);
    assertThat(send(own, "/debug/logging").statusCode()).isEqualTo(200);
  }

  private static Optional<InetAddress> outside() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .findFirst();
  }

  private HttpResponse<String> send(InetAddress at, String path) throws Exception {
    URI uri =
        URI.create("http://" + at.getHostAddress() + ":" + service.debugAddress().getPort() + path);
    return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path, "GET", ""), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> logging(String method, String body) throws Exception {
    return client.send(
        request("/debug/logging", method, body), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest request(String path, String method, String body) {
    InetSocketAddress at = service.debugAddress();
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.getPort() + path))
        .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
        .build();
  }

  private static void assertAnswer(HttpResponse<String> answer, int status, String body) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo(body);
  }
}
