package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildOutcome.FailedStep;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.BuildStep.State;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.DirectoryFiles;
import dev.imagebuilder.core.DockerfileWishes.Cache;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.BuildRequest;
import dev.imagebuilder.proto.v1.BuildSpec;
import dev.imagebuilder.proto.v1.BuildUpdate;
import dev.imagebuilder.proto.v1.BuildsGrpc;
import dev.imagebuilder.proto.v1.CancelBuildRequest;
import dev.imagebuilder.proto.v1.DirectorySource;
import dev.imagebuilder.proto.v1.DockerfileWishes;
import dev.imagebuilder.proto.v1.FilePacket;
import dev.imagebuilder.proto.v1.FileWish;
import dev.imagebuilder.proto.v1.GetBuildRequest;
import dev.imagebuilder.proto.v1.GitSource;
import dev.imagebuilder.proto.v1.ListBuildsRequest;
import dev.imagebuilder.proto.v1.LogChunk;
import dev.imagebuilder.proto.v1.Step;
import dev.imagebuilder.proto.v1.StreamLogRequest;
import dev.imagebuilder.service.Build.StepView;
import dev.imagebuilder.service.Builds.Ticket;
import dev.imagebuilder.testing.Eventually;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our own API, over a real connection. */
final class BuildsApiIT {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Digest DIGEST = Digest.of(new byte[] {1});
  private static final BuildOutcome SUCCESS = new BuildOutcome.Succeeded(DIGEST);

  private final FakeBuilds builds = new FakeBuilds();
  private ServiceProcess service;
  private ManagedChannel channel;
  private BuildsGrpc.BuildsBlockingStub client;

  @BeforeEach
  void start() throws Exception {
    service = TestService.start((_, _) -> builds);
    channel = TestService.connect(service.grpcAddress());
    client = BuildsGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    service.close();
  }

  @Test
  void imageThatIsThereIsOneMessage() throws Exception {
    builds.answer(new Ticket.Present("ws", "base"));

    Call call = new Call(image());

    BuildInfo info = call.next().getBuild();
    assertThat(info.getState()).isEqualTo(BuildInfo.State.PRESENT);
    assertThat(info.getRef()).isEqualTo("ws");
    assertThat(info.hasOutcome()).isTrue();
    assertThat(call.end().getCode()).isEqualTo(Status.Code.OK);
  }

  @Test
  void buildIsToldFromItsBeginningToItsOutcome() throws Exception {
    FakeBuild build = builds.add();
    Call call = new Call(image());
    assertThat(call.next().getBuild().getId()).isEqualTo(build.id().toString());

    build.print("hello\n");
    build.step(
        new StepView(
            "a", "RUN x", new State.Cached(), List.of(new State.Transferred("layer", 1, 2))));
    build.to(new BuildEvent.Building(1, 2, "RUN x"));

    List<BuildUpdate> news = List.of(call.next(), call.next(), call.next());
    assertThat(news)
        .anySatisfy(it -> assertThat(it.getLog().getContent().toStringUtf8()).isEqualTo("hello\n"))
        .anySatisfy(it -> assertThat(it.getBuild().getState()).isEqualTo(BuildInfo.State.BUILDING))
        .anySatisfy(it -> {
          assertThat(it.getStep().getState()).isEqualTo(Step.State.CACHED);
          assertThat(it.getStep().getTransfers(0).getTotal()).isEqualTo(2);
        });
    build.to(new BuildEvent.Finished(SUCCESS));
    BuildInfo last = call.next().getBuild();
    assertThat(last.getState()).isEqualTo(BuildInfo.State.SUCCEEDED);
    assertThat(last.getOutcome().getDigest()).isEqualTo(DIGEST.toString());
    assertThat(last.getCause()).isEqualTo(BuildInfo.Cause.IMAGE_MISSING);
    assertThat(last.getEngine()).isEqualTo("a fake");
    assertThat(call.end().getCode()).isEqualTo(Status.Code.OK);
  }

  @Test
  void failureHasAllItsParts() throws Exception {
    FakeBuild build = builds.add();
    Failed failed =
        Failed.byUser(FailureReason.STEP_FAILED, "it failed", "Mend it")
            .at(new FailedStep("RUN false", 3, 1));
    build.to(new BuildEvent.Finished(failed));

    BuildInfo info =
        client.getBuild(GetBuildRequest.newBuilder().setId(build.id().toString()).build());

    assertThat(info.getState()).isEqualTo(BuildInfo.State.FAILED);
    assertThat(info.getOutcome().getReason()).isEqualTo("step-failed");
    assertThat(info.getOutcome().getIsUsersFault()).isTrue();
    assertThat(info.getOutcome().getIsRetryable()).isFalse();
    assertThat(info.getOutcome().getStep().getLine()).isEqualTo(3);
    assertThat(info.getOutcome().getText()).isEqualTo(failed.text());
  }

  @Test
  void specsBecomeRequests() throws Exception {
    builds.answer(new Ticket.Present("ws", "base"));
    var spec =
        BuildSpec.newBuilder()
            .setGit(
                GitSource.newBuilder()
                    .setUrl("https://git.example/a.git")
                    .setCommit("c0ffee")
                    .setRef("main"))
            .setDockerfile(
                DockerfileWishes.newBuilder()
                    .setTarget("dev")
                    .putBuildArgs("A", "1")
                    .setPlatform("linux/arm64")
                    .putSecrets("token", ByteString.copyFromUtf8("s3cret")))
            .setForce(true)
            .setNoCache(true)
            .setOwner("eve")
            .setTimeout(com.google.protobuf.Duration.newBuilder().setSeconds(60))
            .build();

    assertThat(new Call(spec).end().getCode()).isEqualTo(Status.Code.OK);

    var request = builds.requests().getFirst();
    assertThat(request.force()).isEqualTo(Force.ALWAYS);
    assertThat(request.timeout()).contains(Duration.ofMinutes(1));
    assertThat(request.triggeredBy()).isEqualTo("eve");
    assertThat(request.source())
        .isInstanceOfSatisfying(
            BuildSource.Dockerfile.class,
            file -> {
              assertThat(file.git().cloneTarget()).isEqualTo("c0ffee");
              assertThat(file.dockerfilePath()).isEqualTo("Dockerfile");
              assertThat(file.wishes().stage()).isEqualTo("dev");
              assertThat(file.wishes().cache()).isEqualTo(Cache.BYPASSED);
              assertThat(file.wishes().platform())
                  .isEqualTo(Optional.of(Platform.parse("linux/arm64")));
              assertThat(file.wishes().secrets()).containsEntry("token", Secret.of("s3cret"));
            });
  }

  @Test
  void wrongSpecsAreRefusedWithAReason() throws Exception {
    assertRefused(BuildSpec.getDefaultInstance(), "no source");
    assertRefused(BuildSpec.newBuilder().setGit(GitSource.getDefaultInstance()).build(), "git.url");
    assertRefused(
        image().toBuilder().setTimeout(com.google.protobuf.Duration.getDefaultInstance()).build(),
        "timeout");
    assertRefused(
        BuildSpec.newBuilder()
            .setDirectory(DirectorySource.getDefaultInstance())
            .setDockerfile(DockerfileWishes.newBuilder().setPlatform("nonsense"))
            .build(),
        "platform");
  }

  @Test
  void sameKeyIsTheSameBuild() throws Exception {
    FakeBuild first = builds.add();
    BuildSpec spec = image().toBuilder().setIdempotencyKey("k1").build();
    assertThat(new Call(spec).next().getBuild().getId()).isEqualTo(first.id().toString());
    builds.add();

    assertThat(new Call(spec).next().getBuild().getId()).isEqualTo(first.id().toString());
    assertThat(builds.requests()).hasSize(1);
  }

  @Test
  void directoryIsServedThroughTheCall() throws Exception {
    FakeBuild build = builds.add();
    Call call = new Call(directory());
    assertThat(call.next().hasBuild()).isTrue();
    var source = (BuildSource.Directory) builds.requests().getFirst().source();
    var engine = new Engine();

    CompletableFuture<Void> serving = engine.ask(source.files());
    FileWish wish = call.next().getWish();
    assertThat(wish.getFolder()).isEqualTo(DirectoryFiles.CONTEXT);
    engine.toClient.add("request");
    assertThat(call.next().getFiles().getPacket().toStringUtf8()).isEqualTo("request");
    call.send(packet(wish).setPacket(ByteString.copyFromUtf8("content")));
    call.send(packet(wish).setEnd(true));

    serving.get(10, TimeUnit.SECONDS);
    assertThat(engine.fromClient).containsExactly("content");
    build.to(new BuildEvent.Finished(SUCCESS));
    assertThat(call.end().getCode()).isEqualTo(Status.Code.OK);
  }

  @Test
  void faultOfTheClientReachesTheEngine() throws Exception {
    builds.add();
    Call call = new Call(directory());
    assertThat(call.next().hasBuild()).isTrue();
    var source = (BuildSource.Directory) builds.requests().getFirst().source();

    CompletableFuture<Void> serving = new Engine().ask(source.files());
    call.send(packet(call.next().getWish()).setFault("cannot read a/b"));

    assertThatThrownBy(() -> serving.get(10, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(IOException.class)
        .hasRootCauseMessage("cannot read a/b");
  }

  @Test
  void buildIsAbandonedWhenTheClientOfItsDirectoryGoes() throws Exception {
    FakeBuild build = builds.add();
    Call call = new Call(directory());
    assertThat(call.next().hasBuild()).isTrue();
    var source = (BuildSource.Directory) builds.requests().getFirst().source();
    CompletableFuture<Void> serving = new Engine().ask(source.files());
    assertThat(call.next().hasWish()).isTrue();

    call.leave();

    assertThatThrownBy(() -> serving.get(10, TimeUnit.SECONDS)).hasMessageContaining("has gone");
    Eventually.eventually(SOON, () -> !build.abandoned().isEmpty());
  }

  @Test
  void logIsReadFromAnyOffset() {
    FakeBuild build = builds.add();
    build.print("0123456789");
    var request = StreamLogRequest.newBuilder().setId(build.id().toString()).setOffset(4);

    assertThat(log(request.build())).isEqualTo("456789");
    build.to(new BuildEvent.Finished(SUCCESS));
    assertThat(log(request.setFollow(true).build())).isEqualTo("456789");
    assertThat(log(request.clearId().setRef(FakeBuild.REF).setOffset(10).build())).isEmpty();
  }

  @Test
  void offsetThatALogDoesNotReachIsOutOfRange() {
    FakeBuild build = builds.add();
    build.print("0123456789");
    var request = StreamLogRequest.newBuilder().setId(build.id().toString()).setOffset(12);

    assertOutOfRange(request.build());
    build.to(new BuildEvent.Finished(SUCCESS));
    assertOutOfRange(request.setFollow(true).build());
  }

  @Test
  void followerBeyondTheEndWaitsForTheLogToGetThere() throws Exception {
    FakeBuild build = builds.add();
    build.print("0123456789");
    var request = StreamLogRequest.newBuilder().setId(build.id().toString()).setOffset(12);

    var chunks = client.streamLog(request.setFollow(true).build());
    Eventually.eventually(SOON, () -> build.openReaders() > 0);
    build.print("abcd");

    LogChunk chunk = chunks.next();
    assertThat(chunk.getOffset()).isEqualTo(12);
    assertThat(chunk.getContent().toStringUtf8()).isEqualTo("cd");
    build.to(new BuildEvent.Finished(SUCCESS));
    assertThat(chunks.hasNext()).isFalse();
  }

  private void assertOutOfRange(StreamLogRequest request) {
    assertThatThrownBy(() -> log(request))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
              assertThat(e.getStatus().getDescription()).contains("12").contains("10 bytes");
            });
  }

  @Test
  void buildsAreListedAndCanceled() {
    FakeBuild build = builds.add();

    var list = client.listBuilds(ListBuildsRequest.getDefaultInstance());
    BuildInfo canceled =
        client.cancelBuild(
            CancelBuildRequest.newBuilder().setId(build.id().toString()).setBy("eve").build());

    assertThat(list.getEngine()).isEqualTo("a fake");
    assertThat(list.getBuilds(0).getId()).isEqualTo(build.id().toString());
    assertThat(canceled.getState()).isEqualTo(BuildInfo.State.CANCELED);
    assertThat(canceled.getOutcome().getText()).contains("eve");
  }

  @Test
  void unknownBuildsAreNotFound() {
    for (String id : List.of("nonsense", "00000000-0000-0000-0000-000000000000")) {
      assertThatThrownBy(() -> client.getBuild(GetBuildRequest.newBuilder().setId(id).build()))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
    }
  }

  private void assertRefused(BuildSpec spec, String why) throws Exception {
    Status end = new Call(spec).end();
    assertThat(end.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(end.getDescription()).contains(why);
  }

  private String log(StreamLogRequest request) {
    StringBuilder text = new StringBuilder();
    client
        .streamLog(request)
        .forEachRemaining(
            (LogChunk chunk) -> text.append(chunk.getContent().toString(StandardCharsets.UTF_8)));
    return text.toString();
  }

  private static BuildSpec image() {
    return BuildSpec.newBuilder().setImage("alpine").build();
  }

  private static BuildSpec directory() {
    return BuildSpec.newBuilder().setDirectory(DirectorySource.getDefaultInstance()).build();
  }

  private static FilePacket.Builder packet(FileWish wish) {
    return FilePacket.newBuilder().setTransfer(wish.getTransfer());
  }

  /** A client's Build call. */
  private final class Call implements StreamObserver<BuildUpdate> {
    private final BlockingQueue<BuildUpdate> updates = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final StreamObserver<BuildRequest> requests;

    Call(BuildSpec spec) {
      requests = BuildsGrpc.newStub(channel).build(this);
      requests.onNext(BuildRequest.newBuilder().setSpec(spec).build());
    }

    BuildUpdate next() throws InterruptedException {
      BuildUpdate update = updates.poll(10, TimeUnit.SECONDS);
      assertThat(update).as("an update came").isNotNull();
      return update;
    }

    void send(FilePacket.Builder packet) {
      requests.onNext(BuildRequest.newBuilder().setFiles(packet).build());
    }

    void leave() {
      requests.onError(Status.CANCELLED.asRuntimeException());
    }

    Status end() throws Exception {
      return end.get(10, TimeUnit.SECONDS);
    }

    @Override
    public void onNext(BuildUpdate update) {
      updates.add(update);
    }

    @Override
    public void onError(Throwable cause) {
      end.complete(Status.fromThrowable(cause));
    }

    @Override
    public void onCompleted() {
      end.complete(Status.OK);
    }
  }

  /** An engine that asks for files. */
  private static final class Engine implements DirectoryFiles.Packets {
    private final List<String> fromClient = new ArrayList<>();
    private final BlockingQueue<String> toClient = new LinkedBlockingQueue<>();

    CompletableFuture<Void> ask(DirectoryFiles files) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              files.serve(DirectoryFiles.Wish.allBut(DirectoryFiles.CONTEXT, List.of()), this);
              done.complete(null);
            } catch (IOException | InterruptedException e) {
              done.completeExceptionally(e);
            }
          });
      return done;
    }

    @Override
    public void send(byte[] packet) {
      fromClient.add(new String(packet, StandardCharsets.UTF_8));
    }

    @Override
    public byte[] receive() throws InterruptedException {
      return toClient.take().getBytes(StandardCharsets.UTF_8);
    }
  }
}
