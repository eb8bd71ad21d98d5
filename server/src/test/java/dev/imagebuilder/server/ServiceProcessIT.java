package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.builder.BuildSourceReference;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc;
import dev.imagebuilder.testing.Ports;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class ServiceProcessIT {

  @Test
  @Tag("row-125")
  void listenersAnswer() throws Exception {
    try (ServiceProcess service = TestService.start((_, _) -> new FakeBuilds())) {
      InetSocketAddress health = service.healthAddress();

      assertThat(TestService.get(health, "/ready").body()).isEqualTo("{}");
      assertThat(TestService.get(health, "/ready").statusCode()).isEqualTo(200);
      assertThat(TestService.get(health, "/live").statusCode()).isEqualTo(200);
      assertThat(TestService.get(health, "/ready/x").statusCode()).isEqualTo(404);
      assertThat(TestService.get(service.metricsAddress(), "/metrics").headers().map())
          .containsKey("content-type");
    }
  }

  @Test
  @Tag("row-125")
  void isAliveButNotReadyWhileStarting() throws Exception {
    int port = Ports.free();
    String json =
        TestService.config()
            .replace(
                "\"health\": {\"address\": \"127.0.0.1:0\"",
                "\"health\": {\"address\": \"127.0.0.1:" + port + "\"");
    InetSocketAddress health = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);

    ServiceProcess service =
        ServiceProcess.start(
            TestService.options(TestService.configuration(json)),
            (_, _) -> {
              assertAnswer(health, "/live", 200, "{}");
              assertAnswer(health, "/ready", 503, "{\"service\":\"starting\"}");
              return new FakeBuilds();
            });

    assertAnswer(health, "/ready", 200, "{}");
    service.close();
  }

  @Test
  @Tag("row-125")
  void isAliveButNotReadyWhileStopping() throws Exception {
    FakeBuilds builds = new FakeBuilds();
    CompletableFuture<InetSocketAddress> health = new CompletableFuture<>();
    List<String> answers = new CopyOnWriteArrayList<>();
    BuildParts asking =
        new BuildParts() {
          @Override
          public dev.imagebuilder.service.Builds builds() {
            return builds;
          }

          @Override
          public String describe() {
            return "asking";
          }

          @Override
          public void close() {
            for (String path : List.of("/live", "/ready")) {
              try {
                var answer = TestService.get(health.join(), path);
                answers.add(answer.statusCode() + " " + answer.body());
              } catch (IOException | InterruptedException e) {
                answers.add(e.toString());
              }
            }
          }
        };
    ServiceProcess service =
        ServiceProcess.start(
            TestService.options(TestService.configuration(TestService.config())), (_, _) -> asking);
    health.complete(service.healthAddress());

    service.close();

    assertThat(answers).containsExactly("200 {}", "503 {\"service\":\"stopping\"}");
  }

  @Test
  void takenPortStopsTheStartAndLeavesNothingOpen() throws Exception {
    FakeBuilds builds = new FakeBuilds();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int free = Ports.free();
      String json =
          TestService.config()
              .replace(
                  "\"grpc\": {\"address\": \"127.0.0.1:0\"",
                  "\"grpc\": {\"address\": \"127.0.0.1:" + taken.getLocalPort() + "\"")
              .replace(
                  "\"health\": {\"address\": \"127.0.0.1:0\"",
                  "\"health\": {\"address\": \"127.0.0.1:" + free + "\"");
      ProcessOptions options = TestService.options(TestService.configuration(json));

      assertThatThrownBy(() -> ServiceProcess.start(options, (_, _) -> builds))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("cannot listen on 127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("in use")
          .hasMessageContaining("server.services.grpc.address");
      assertThat(builds.isClosed()).isTrue();
      assertThatThrownBy(() ->
              TestService.get(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), free), "/live"))
          .isInstanceOf(ConnectException.class);
    }
  }

  @Test
  @Tag("row-134")
  void stoppingEndsStreamsAsUnavailableAndIsBounded() throws Exception {
    FakeBuilds builds = new FakeBuilds();
    builds.add();
    ServiceProcess service = TestService.start((_, _) -> builds);
    ManagedChannel channel = TestService.connect(service.grpcAddress());
    Iterator<BuildResponse> updates = ImageBuilderGrpc.newBlockingStub(channel).build(request());
    updates.next();

    long start = System.nanoTime();
    service.close();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    assertThatThrownBy(updates::hasNext)
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessage("UNAVAILABLE: the service is stopping - please try again");
    assertThat(builds.isClosed()).isTrue();
    channel.shutdownNow();
  }

  @Test
  @Tag("row-134")
  void buildsThatDoNotStopDoNotHoldTheService() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    String json = TestService.config().replace("\"10s\"", "\"5s\"");
    FakeBuilds builds = new FakeBuilds();
    BuildParts stuck =
        new BuildParts() {
          @Override
          public dev.imagebuilder.service.Builds builds() {
            return builds;
          }

          @Override
          public String describe() {
            return "stuck";
          }

          @Override
          public void close() {
            try {
              never.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          }
        };
    ServiceProcess service =
        ServiceProcess.start(TestService.options(TestService.configuration(json)), (_, _) -> stuck);

    long start = System.nanoTime();
    service.close();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
    never.countDown();
  }

  private static void assertAnswer(
      InetSocketAddress address, String path, int status, String body) {
    try {
      var answer = TestService.get(address, path);
      assertThat(answer.statusCode()).isEqualTo(status);
      assertThat(answer.body()).isEqualTo(body);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static BuildRequest request() {
    return BuildRequest.newBuilder()
        .setSource(
            BuildSource.newBuilder().setRef(BuildSourceReference.newBuilder().setRef("alpine")))
        .build();
  }
}
