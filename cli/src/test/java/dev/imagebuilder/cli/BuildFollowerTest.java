package dev.imagebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.imagebuilder.buildkit.files.LocalFiles;
import dev.imagebuilder.cli.output.Output;
import dev.imagebuilder.proto.buildkit.fsutil.Packet;
import dev.imagebuilder.proto.buildkit.fsutil.Packet.PacketType;
import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.BuildInfo.State;
import dev.imagebuilder.proto.v1.BuildRequest;
import dev.imagebuilder.proto.v1.BuildSpec;
import dev.imagebuilder.proto.v1.BuildUpdate;
import dev.imagebuilder.proto.v1.BuildsGrpc.BuildsImplBase;
import dev.imagebuilder.proto.v1.CancelBuildRequest;
import dev.imagebuilder.proto.v1.FilePacket;
import dev.imagebuilder.proto.v1.FileWish;
import dev.imagebuilder.proto.v1.LogChunk;
import dev.imagebuilder.proto.v1.Outcome;
import dev.imagebuilder.proto.v1.Step;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
final class BuildFollowerTest {
  private static final String US = "me";

  private final FakeService fake = new FakeService();
  private final Recorder output = new Recorder();
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

  private ServiceClient client() {
    return new ServiceClient(InProcessChannelBuilder.forName(name).build(), "fake:1");
  }

  private BuildInfo follow() throws CommandFailure, InterruptedException {
    try (ServiceClient client = client()) {
      return new BuildFollower(client, output).follow(BuildSpec.getDefaultInstance());
    }
  }

  private static BuildInfo.Builder info(State state) {
    return BuildInfo.newBuilder().setId("id-1").setState(state).setOwner(US);
  }

  private static BuildUpdate build(State state) {
    return BuildUpdate.newBuilder().setBuild(info(state)).build();
  }

  private static BuildUpdate end(State state) {
    return BuildUpdate.newBuilder()
        .setBuild(info(state).setOutcome(Outcome.getDefaultInstance()))
        .build();
  }

  private static BuildUpdate log(long offset, String text) {
    return BuildUpdate.newBuilder()
        .setLog(LogChunk.newBuilder().setOffset(offset).setContent(ByteString.copyFromUtf8(text)))
        .build();
  }

  @Test
  void everythingIsShownInItsOrder() throws Exception {
    Step step = Step.newBuilder().setId("1").setName("FROM a").build();
    fake.answer(
        build(State.QUEUED),
        log(0, "caf\u00e9 "),
        BuildUpdate.newBuilder().setStep(step).build(),
        log(6, "\u001b[1mbold\n"),
        end(State.SUCCEEDED));

    BuildInfo last = follow();

    assertThat(last.getState()).isEqualTo(State.SUCCEEDED);
    assertThat(output.seen)
        .containsExactly(
            "build QUEUED", "log caf\u00e9 ", "step FROM a", "log bold\n", "ended SUCCEEDED");
  }

  @Test
  void brokenConnectionIsTakenUpAgainWithoutGapOrRepetition() throws Exception {
    fake.fail(Status.UNAVAILABLE, build(State.BUILDING), log(0, "one "), log(4, "two "));
    fake.answer(build(State.BUILDING), log(0, "one two "), log(8, "three"), end(State.SUCCEEDED));

    follow();

    assertThat(output.text()).isEqualTo("one two three");
    assertThat(output.seen).anyMatch(line -> line.startsWith("note the connection to fake:1"));
    assertThat(fake.specs).hasSize(2).allMatch(spec -> spec.equals(fake.specs.getFirst()));
  }

  @Test
  void serviceThatWasNeverThereIsNotWaitedFor() {
    fake.fail(Status.UNAVAILABLE.withDescription("the service is stopping"));

    assertThatThrownBy(this::follow)
        .isInstanceOfSatisfying(
            CommandFailure.class,
            e -> assertThat(e.exitCode()).isEqualTo(CommandFailure.UNREACHABLE));
  }

  @Test
  void mk3IsCalledByItsName() {
    fake.fail(Status.UNIMPLEMENTED);

    assertThatThrownBy(this::follow).hasMessageContaining("image-builder-mk3");
  }

  @Test
  void refusalKeepsTheServicesWords() {
    fake.fail(Status.INVALID_ARGUMENT.withDescription("git.url is missing"));

    assertThatThrownBy(this::follow)
        .isInstanceOfSatisfying(
            CommandFailure.class,
            e -> {
              assertThat(e.exitCode()).isEqualTo(CommandFailure.USAGE);
              assertThat(e).hasMessage("git.url is missing");
            });
  }

  @Test
  void streamThatEndsEarlyIsAFailure() {
    fake.answer(build(State.BUILDING));

    assertThatThrownBy(this::follow).hasMessageContaining("before the build did");
  }

  @Test
  void stopCancelsTheBuildAndWaitsForItsEnd() throws Exception {
    fake.answer(build(State.BUILDING)); // ends when it is cancelled
    fake.staysOpen = true;
    try (ServiceClient client = client()) {
      BuildFollower follower = new BuildFollower(client, output);
      output.onBuild = () -> follower.stop(US);

      BuildInfo last = follower.follow(BuildSpec.getDefaultInstance());

      assertThat(last.getState()).isEqualTo(State.CANCELED);
      assertThat(follower.isStopped()).isTrue();
      assertThat(fake.cancelledBy).containsExactly(US);
    }
  }

  @Test
  void buildOfSomebodyElseIsLeftAlone() throws Exception {
    fake.answer(build(State.BUILDING));
    fake.staysOpen = true;
    try (ServiceClient client = client()) {
      BuildFollower follower = new BuildFollower(client, output);
      output.onBuild = () -> follower.stop("another");

      assertThatThrownBy(() -> follower.follow(BuildSpec.getDefaultInstance()))
          .isInstanceOfSatisfying(
              CommandFailure.class,
              e -> assertThat(e.exitCode()).isEqualTo(CommandFailure.INTERRUPTED));
      assertThat(fake.cancelledBy).isEmpty();
      assertThat(output.seen).anyMatch(line -> line.contains("image-builder cancel id-1"));
    }
  }

  @Test
  void directoryIsServedInSeveralTransfersAtOnce(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("Dockerfile"), "FROM scratch");
    byte[] large = new byte[3_000_000];
    Files.write(folder.resolve("large"), large);
    fake.answer(build(State.BUILDING), wish(1, "dockerfile"), wish(2, "context"));
    fake.staysOpen = true;
    LocalFiles files =
        new LocalFiles(folder.toRealPath(), folder.toRealPath().resolve("Dockerfile"));

    try (ServiceClient client = client()) {
      new BuildFollower(client, output).follow(BuildSpec.getDefaultInstance(), files);
    }

    assertThat(fake.received(1, 0)).isEqualTo("FROM scratch".getBytes(StandardCharsets.UTF_8));
    assertThat(fake.received(2, 0)).isEqualTo("FROM scratch".getBytes(StandardCharsets.UTF_8));
    assertThat(fake.received(2, 1)).isEqualTo(large);
    assertThat(output.sent).isGreaterThan(3_000_000);
  }

  @Test
  void fileThatCannotBeReadIsSaidToTheService(@TempDir Path folder) throws Exception {
    Path dockerfile = Files.writeString(folder.resolve("Dockerfile"), "FROM scratch");
    LocalFiles files = new LocalFiles(folder.resolve("gone"), dockerfile);
    fake.answer(build(State.BUILDING), wish(1, "nothing"));
    fake.staysOpen = true;

    try (ServiceClient client = client()) {
      new BuildFollower(client, output).follow(BuildSpec.getDefaultInstance(), files);
    }

    assertThat(fake.faults).containsExactly("this build has no folder named nothing");
  }

  private static BuildUpdate wish(int transfer, String folder) {
    return BuildUpdate.newBuilder()
        .setWish(FileWish.newBuilder().setTransfer(transfer).setFolder(folder))
        .build();
  }

  /** Asks for all files it hears of; ends the build when all transfers are over or cancelled. */
  private static final class FakeService extends BuildsImplBase {
    private final Queue<List<BuildUpdate>> answers = new ConcurrentLinkedQueue<>();
    private final Queue<Status> ends = new ConcurrentLinkedQueue<>();
    private final List<BuildSpec> specs = new CopyOnWriteArrayList<>();
    private final List<String> cancelledBy = new CopyOnWriteArrayList<>();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final Map<Integer, FakeEngine> engines = new ConcurrentHashMap<>();
    private volatile boolean staysOpen;
    private final Queue<StreamObserver<BuildUpdate>> open = new ConcurrentLinkedQueue<>();

    void answer(BuildUpdate... updates) {
      fail(Status.OK, updates);
    }

    void fail(Status end, BuildUpdate... updates) {
      answers.add(List.of(updates));
      ends.add(end);
    }

    private FakeEngine engine(int transfer) {
      return engines.computeIfAbsent(transfer, _ -> new FakeEngine());
    }

    byte[] received(int transfer, int file) {
      return engine(transfer).files.get(file).toByteArray();
    }

    @Override
    public StreamObserver<BuildRequest> build(StreamObserver<BuildUpdate> out) {
      open.add(out);
      return new StreamObserver<>() {
        @Override
        public void onNext(BuildRequest request) {
          if (request.hasSpec()) {
            specs.add(request.getSpec());
            begin(out);
          } else {
            files(request.getFiles(), out);
          }
        }

        @Override
        public void onError(Throwable cause) {
          // The client has left.
        }

        @Override
        public void onCompleted() {
          // The client has said all.
        }
      };
    }

    private void begin(StreamObserver<BuildUpdate> out) {
      List<BuildUpdate> updates = answers.remove();
      Status end = ends.remove();
      for (BuildUpdate update : updates) {
        if (update.hasWish()) {
          engine(update.getWish().getTransfer());
        }
      }
      updates.forEach(out::onNext);
      if (!end.isOk()) {
        out.onError(end.asRuntimeException());
      } else if (!staysOpen) {
        out.onCompleted();
      }
    }

    private void files(FilePacket packet, StreamObserver<BuildUpdate> out) {
      FakeEngine engine = engine(packet.getTransfer());
      if (packet.hasFault()) {
        faults.add(packet.getFault());
      }
      if (packet.hasPacket()) {
        engine.take(packet).forEach(answer -> out.onNext(answer));
      } else {
        engine.isOver = true;
      }
      if (engines.values().stream().allMatch(it -> it.isOver)) {
        out.onNext(end(State.SUCCEEDED));
        out.onCompleted();
      }
    }

    @Override
    public void cancelBuild(CancelBuildRequest request, StreamObserver<BuildInfo> out) {
      cancelledBy.add(request.getBy());
      out.onNext(info(State.BUILDING).build());
      out.onCompleted();
      StreamObserver<BuildUpdate> watcher = open.remove();
      watcher.onNext(end(State.CANCELED));
      watcher.onCompleted();
    }
  }

  /** Wants every file of a transfer. */
  private static final class FakeEngine {
    private final List<ByteArrayOutputStream> files = new ArrayList<>();
    private int ended;
    private boolean isListed;
    private volatile boolean isOver;

    List<BuildUpdate> take(FilePacket message) {
      Packet packet = parse(message.getPacket());
      List<Packet> answers = new ArrayList<>();
      if (packet.getType() == PacketType.PACKET_STAT && packet.hasStat()) {
        answers.add(Packet.newBuilder().setType(PacketType.PACKET_REQ).setID(files.size()).build());
        files.add(new ByteArrayOutputStream());
      } else if (packet.getType() == PacketType.PACKET_STAT) {
        isListed = true;
      } else if (packet.getType() == PacketType.PACKET_DATA && packet.getData().isEmpty()) {
        ended++;
      } else if (packet.getType() == PacketType.PACKET_DATA) {
        files.get(packet.getID()).writeBytes(packet.getData().toByteArray());
      }
      if (isListed && ended == files.size() && packet.getType() != PacketType.PACKET_FIN) {
        answers.add(Packet.newBuilder().setType(PacketType.PACKET_FIN).build());
      }
      return answers.stream()
          .map(answer ->
              BuildUpdate.newBuilder()
                  .setFiles(
                      FilePacket.newBuilder()
                          .setTransfer(message.getTransfer())
                          .setPacket(answer.toByteString()))
                  .build())
          .toList();
    }

    private static Packet parse(ByteString bytes) {
      try {
        return Packet.parseFrom(bytes);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static final class Recorder implements Output {
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private volatile long sent;
    private volatile Runnable onBuild = () -> {};

    String text() {
      return String.join(
          "",
          seen.stream().filter(it -> it.startsWith("log ")).map(it -> it.substring(4)).toList());
    }

    @Override
    public void build(BuildInfo now) {
      seen.add("build " + now.getState());
      onBuild.run();
    }

    @Override
    public void step(Step now) {
      seen.add("step " + now.getName());
    }

    @Override
    public void log(String text) {
      if (!text.isEmpty()) {
        seen.add("log " + text);
      }
    }

    @Override
    public void sent(long bytes) {
      sent = Math.max(sent, bytes);
    }

    @Override
    public void note(String text) {
      seen.add("note " + text);
    }

    @Override
    public void ended(BuildInfo last) {
      seen.add("ended " + last.getState());
    }
  }
}
