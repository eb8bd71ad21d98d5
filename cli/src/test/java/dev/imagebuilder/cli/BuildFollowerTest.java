package dev.imagebuilder.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.imagebuilder.proto.builder.BuildInfo;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildStatus;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc.ImageBuilderImplBase;
import dev.imagebuilder.proto.builder.LogsRequest;
import dev.imagebuilder.proto.builder.LogsResponse;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class BuildFollowerTest {
  private final FakeService fake = new FakeService();
  private final Recorder output = new Recorder();
  private Server server = InProcessServerBuilder.forName("unused").build();

  @BeforeEach
  void start() throws IOException {
    String name = InProcessServerBuilder.generateName();
    server = InProcessServerBuilder.forName(name).addService(fake).build().start();
    fake.name = name;
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
  }

  private BuildResponse follow() throws CommandFailure, InterruptedException {
    try (ServiceClient client =
        new ServiceClient(InProcessChannelBuilder.forName(fake.name).build(), "fake:1")) {
      return new BuildFollower(client, output).follow(BuildRequest.getDefaultInstance());
    }
  }

  @Test
  void showsTheOutputBeforeTheEnd() throws Exception {
    fake.responses = List.of(response(BuildStatus.running), response(BuildStatus.done_success));
    fake.log = List.of("step 1\n", "step 2\n");

    BuildResponse last = follow();

    assertThat(last.getStatus()).isEqualTo(BuildStatus.done_success);
    assertThat(output.seen)
        .containsExactly("running", "log step 1\n", "log step 2\n", "ended done_success");
  }

  @Test
  void imageThatIsThereNeedsNoLog() throws Exception {
    fake.responses =
        List.of(BuildResponse.newBuilder().setStatus(BuildStatus.done_success).build());

    follow();

    assertThat(output.seen).containsExactly("ended done_success");
  }

  @Test
  void logsThatCannotBeReadDoNotFailTheBuild() throws Exception {
    fake.responses = List.of(response(BuildStatus.running), response(BuildStatus.done_success));
    fake.logFailure = Status.NOT_FOUND.withDescription("build not found");

    assertThat(follow().getStatus()).isEqualTo(BuildStatus.done_success);
    assertThat(output.seen).anyMatch(line -> line.contains("build not found"));
  }

  @Test
  void streamThatEndsEarlyIsAFailure() {
    fake.responses = List.of(response(BuildStatus.running));

    assertThatThrownBy(this::follow).hasMessageContaining("before the build did");
  }

  @Test
  void refusalKeepsTheServicesWords() {
    fake.failure = Status.INVALID_ARGUMENT.withDescription("build source is missing");

    assertThatThrownBy(this::follow)
        .isInstanceOfSatisfying(
            CommandFailure.class,
            e -> {
              assertThat(e.exitCode()).isEqualTo(CommandFailure.USAGE);
              assertThat(e).hasMessage("build source is missing");
            });
  }

  private static BuildResponse response(BuildStatus status) {
    return BuildResponse.newBuilder()
        .setStatus(status)
        .setRef("reg.example/ws:1")
        .setInfo(BuildInfo.newBuilder().setBuildId("id-1").setStatus(status))
        .build();
  }

  /** Sends its log to its end before the build's last response. */
  private static final class FakeService extends ImageBuilderImplBase {
    private String name = "";
    private List<BuildResponse> responses = List.of();
    private List<String> log = List.of();
    private Status failure = Status.OK;
    private Status logFailure = Status.OK;

    @Override
    public void build(BuildRequest request, StreamObserver<BuildResponse> observer) {
      if (!failure.isOk()) {
        observer.onError(failure.asRuntimeException());
        return;
      }
      responses.forEach(observer::onNext);
      observer.onCompleted();
    }

    @Override
    public void logs(LogsRequest request, StreamObserver<LogsResponse> observer) {
      if (!logFailure.isOk()) {
        observer.onError(logFailure.asRuntimeException());
        return;
      }
      for (String piece : log) {
        observer.onNext(
            LogsResponse.newBuilder().setContent(ByteString.copyFrom(piece, UTF_8)).build());
      }
      observer.onCompleted();
    }
  }

  private static final class Recorder implements Output {
    private final List<String> seen = new ArrayList<>();

    @Override
    public synchronized void running(BuildResponse response) {
      seen.add("running");
    }

    @Override
    public synchronized void note(String text) {
      seen.add("note " + text);
    }

    @Override
    public synchronized void log(String text) {
      if (!text.isEmpty()) {
        seen.add("log " + text);
      }
    }

    @Override
    public synchronized void ended(BuildResponse response) {
      seen.add("ended " + response.getStatus());
    }
  }
}
