package dev.imagebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.imagebuilder.proto.v1.BuildsGrpc.BuildsImplBase;
import dev.imagebuilder.proto.v1.LogChunk;
import dev.imagebuilder.proto.v1.StreamLogRequest;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class LogFollowerTest {
  private static final StreamLogRequest REQUEST =
      StreamLogRequest.newBuilder().setId("id-1").setFollow(true).build();

  private final FakeService fake = new FakeService();
  private final StringBuilder shown = new StringBuilder();
  private Server server = InProcessServerBuilder.forName("unused").build();
  private String name = "";

  @BeforeEach
  void start() throws IOException {
    name = InProcessServerBuilder.generateName();
    server = InProcessServerBuilder.forName(name).addService(fake).build().start();
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
  }

  private void follow() throws CommandFailure, InterruptedException {
    try (ServiceClient client =
        new ServiceClient(InProcessChannelBuilder.forName(name).build(), "fake:1")) {
      new LogFollower(client, (text, _) -> shown.append(text)).follow(REQUEST);
    }
  }

  @Test
  void goesOnFromWhereTheConnectionBrokeAlsoInsideACharacter() throws Exception {
    fake.log = ByteString.copyFromUtf8("caf\u00e9 \u001b[31mred\n");
    fake.breaksAt = 4;

    follow();

    assertThat(shown.toString()).isEqualTo("caf\u00e9 red\n");
    assertThat(fake.offsets).containsExactly(0L, 4L);
  }

  @Test
  void buildThatIsNotThereIsSaid() {
    fake.end = Status.NOT_FOUND.withDescription("no such build");

    assertThatThrownBy(this::follow)
        .isInstanceOfSatisfying(
            CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(CommandFailure.FAILED))
        .hasMessageContaining("no such build");
  }

  @Test
  void serviceThatWasNeverThereIsNotWaitedFor() {
    fake.end = Status.UNAVAILABLE;

    assertThatThrownBy(this::follow)
        .isInstanceOfSatisfying(
            CommandFailure.class,
            e -> assertThat(e.exitCode()).isEqualTo(CommandFailure.UNREACHABLE));
    assertThat(fake.offsets).hasSize(1);
  }

  /** Has one log, and breaks once in it. */
  private static final class FakeService extends BuildsImplBase {
    private final List<Long> offsets = new CopyOnWriteArrayList<>();
    private volatile ByteString log = ByteString.EMPTY;
    private volatile int breaksAt;
    private volatile Status end = Status.OK;

    @Override
    public void streamLog(StreamLogRequest request, StreamObserver<LogChunk> out) {
      offsets.add(request.getOffset());
      boolean breaks = breaksAt > 0 && offsets.size() == 1;
      ByteString rest = log.substring((int) request.getOffset(), breaks ? breaksAt : log.size());
      out.onNext(LogChunk.newBuilder().setOffset(request.getOffset()).setContent(rest).build());
      if (breaks) {
        out.onError(Status.UNAVAILABLE.asRuntimeException());
      } else if (!end.isOk()) {
        out.onError(end.asRuntimeException());
      } else {
        out.onCompleted();
      }
    }
  }
}
