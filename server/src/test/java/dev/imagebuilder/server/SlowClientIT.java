package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc;
import dev.imagebuilder.proto.builder.LogsRequest;
import dev.imagebuilder.proto.builder.LogsResponse;
import dev.imagebuilder.server.api.CallThreads;
import dev.imagebuilder.server.api.ImageBuilderApi;
import dev.imagebuilder.server.config.ListenAddress;
import dev.imagebuilder.testing.Eventually;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class SlowClientIT {
  private static final int LOG_BYTES = 8 * 1024 * 1024;

  private final FakeBuilds builds = new FakeBuilds();
  private final FakeBuild build = builds.add();
  private GrpcEndpoint endpoint;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    endpoint =
        GrpcEndpoint.start(
            new ListenAddress("127.0.0.1", 0),
            Optional.empty(),
            new GrpcEndpoint.Calls(
                new CallRecorder(new PrometheusRegistry()),
                List.of(),
                List.of(new ImageBuilderApi(builds, new CallThreads(Duration.ofMillis(500))))));
    channel = TestService.connect(endpoint.address());
    build.print("0123456789abcdef".repeat(LOG_BYTES / 16));
    build.to(new BuildEvent.Finished(new BuildOutcome.Succeeded(Digest.of(new byte[] {1}))));
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    endpoint.close();
  }

  @Test
  @Tag("row-41")
  void clientThatTakesNothingIsCutOffAndOthersDoNotNotice() throws Exception {
    var frozen = new Frozen();

    frozen.start();
    long read = 0;
    var log = ImageBuilderGrpc.newBlockingStub(channel).logs(request());
    while (log.hasNext()) {
      read += log.next().getContent().size();
    }

    assertThat(read).isEqualTo(LOG_BYTES);
    Eventually.eventually(Duration.ofSeconds(10), () -> build.openReaders() == 0);
    assertThat(frozen.goOn().getCode()).isEqualTo(Status.Code.ABORTED);
    assertThat(frozen.goOn().getDescription())
        .isEqualTo("subscription canceled - please try again");
  }

  private LogsRequest request() {
    return LogsRequest.newBuilder().setBuildId(build.id().toString()).build();
  }

  /** A reader that asks for one message and no more until it is told to go on. */
  private final class Frozen extends ClientCall.Listener<LogsResponse> {
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final ClientCall<LogsRequest, LogsResponse> call =
        channel.newCall(ImageBuilderGrpc.getLogsMethod(), CallOptions.DEFAULT);

    void start() {
      call.start(this, new Metadata());
      call.request(1);
      call.sendMessage(request());
      call.halfClose();
    }

    Status goOn() throws Exception {
      call.request(Integer.MAX_VALUE);
      return end.get(10, TimeUnit.SECONDS);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      end.complete(status);
    }
  }
}
