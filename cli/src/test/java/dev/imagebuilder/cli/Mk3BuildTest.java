package dev.imagebuilder.cli;

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
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class Mk3BuildTest {
  private final FakeMk3 fake = new FakeMk3();
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private Server server = InProcessServerBuilder.forName("unused").build();
  private ManagedChannel channel = InProcessChannelBuilder.forName("unused").build();

  @BeforeEach
  void start() throws IOException {
    String name = InProcessServerBuilder.generateName();
    server = InProcessServerBuilder.forName(name).addService(fake).build().start();
    channel = InProcessChannelBuilder.forName(name).build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  private BuildResponse follow() throws InterruptedException {
    PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);
    return new Mk3Build(new Mk3Client(channel), out, false)
        .follow(BuildRequest.getDefaultInstance());
  }

  @Test
  void outputIsAskedForByReferenceAndIdAndShownClean() throws Exception {
    fake.endsLogs = true;

    assertThat(follow().getStatus()).isEqualTo(BuildStatus.done_success);

    assertThat(shown.toString(StandardCharsets.UTF_8)).contains("building reg/ws:1\n", "hello\n");
    assertThat(fake.asked)
        .containsExactly(LogsRequest.newBuilder().setBuildRef("reg/ws:1").setBuildId("b1").build());
  }

  @Test
  void logStreamThatMk3LeavesOpenDoesNotHoldTheEnd() throws Exception {
    assertThat(follow().getMessage()).isEqualTo("there");
    assertThat(shown.toString(StandardCharsets.UTF_8)).contains("hello\n");
  }

  @Test
  void streamThatEndsBeforeTheBuildDoesIsNoSuccess() {
    fake.endsLogs = true;
    fake.last = BuildStatus.running;

    assertThatThrownBy(this::follow)
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("the stream ended before the build did");
  }

  @Test
  void outputThatCannotBeHadIsSaidAndTheBuildGoesOn() throws Exception {
    fake.hasLogs = false;

    assertThat(follow().getStatus()).isEqualTo(BuildStatus.done_success);
    assertThat(shown.toString(StandardCharsets.UTF_8)).contains("no more output: NOT_FOUND");
  }

  /** One build: it runs, its log has one line, it ends when the line was sent. */
  private static final class FakeMk3 extends ImageBuilderImplBase {
    private final List<LogsRequest> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch wereLogsAsked = new CountDownLatch(1);
    private volatile boolean endsLogs;
    private volatile boolean hasLogs = true;
    private volatile BuildStatus last = BuildStatus.done_success;

    @Override
    public void build(BuildRequest request, StreamObserver<BuildResponse> out) {
      BuildResponse.Builder answer =
          BuildResponse.newBuilder()
              .setRef("reg/ws:1")
              .setStatus(BuildStatus.running)
              .setInfo(BuildInfo.newBuilder().setBuildId("b1"));
      out.onNext(answer.build());
      try {
        wereLogsAsked.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      out.onNext(answer.setStatus(last).setMessage("there").build());
      out.onCompleted();
    }

    @Override
    public void logs(LogsRequest request, StreamObserver<LogsResponse> out) {
      asked.add(request);
      if (!hasLogs) {
        out.onError(Status.NOT_FOUND.withDescription("build not found").asRuntimeException());
      } else {
        ByteString content = ByteString.copyFromUtf8("hello\n\u001b[2J");
        out.onNext(LogsResponse.newBuilder().setContent(content).build());
        if (endsLogs) {
          out.onCompleted();
        }
      }
      wereLogsAsked.countDown();
    }
  }
}
