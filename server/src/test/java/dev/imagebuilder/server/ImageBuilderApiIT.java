package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.proto.builder.BuildInfo;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.builder.BuildSourceReference;
import dev.imagebuilder.proto.builder.BuildStatus;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc.ImageBuilderBlockingStub;
import dev.imagebuilder.proto.builder.ListBuildsRequest;
import dev.imagebuilder.proto.builder.LogsRequest;
import dev.imagebuilder.proto.builder.LogsResponse;
import dev.imagebuilder.proto.builder.ResolveBaseImageRequest;
import dev.imagebuilder.proto.builder.ResolveWorkspaceImageRequest;
import dev.imagebuilder.service.Builds.Ticket;
import dev.imagebuilder.service.RequestFault;
import dev.imagebuilder.testing.Eventually;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class ImageBuilderApiIT {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final BuildOutcome SUCCESS = new BuildOutcome.Succeeded(Digest.of(new byte[] {1}));

  private final FakeBuilds builds = new FakeBuilds();
  private ServiceProcess service;
  private ManagedChannel channel;
  private ImageBuilderBlockingStub client;

  @BeforeEach
  void start() throws Exception {
    service = TestService.start((_, _) -> builds);
    channel = TestService.connect(service.grpcAddress());
    client = ImageBuilderGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    service.close();
  }

  @Test
  @Tag("row-15")
  void presentImageGivesExactlyOneDoneSuccess() {
    builds.answer(new Ticket.Present("ws", "base"));

    assertThat(client.build(request("alpine")))
        .toIterable()
        .containsExactly(
            BuildResponse.newBuilder()
                .setStatus(BuildStatus.done_success)
                .setRef("ws")
                .setBaseRef("base")
                .build());
  }

  @Test
  @Tag("row-31")
  @Tag("row-34")
  @Tag("row-35")
  @Tag("row-145")
  void buildStreamsRunningUpdatesAndThenItsOutcome() {
    FakeBuild build = builds.add();
    Iterator<BuildResponse> updates = client.build(request("alpine"));

    BuildResponse first = updates.next();
    build.to(new BuildEvent.Building(2, 5, "RUN make"));
    BuildResponse second = updates.next();
    build.to(
        new BuildEvent.Finished(
            BuildOutcome.Failed.byUser(
                FailureReason.STEP_FAILED, "make exited with 2", "mend it")));
    BuildResponse last = updates.next();

    assertThat(updates.hasNext()).isFalse();
    BuildInfo info =
        BuildInfo.newBuilder()
            .setBuildId(build.id().toString())
            .setRef(FakeBuild.REF)
            .setBaseRef(FakeBuild.BASE_REF)
            .setStatus(BuildStatus.running)
            .setStartedAt(1000)
            .build();
    assertThat(first.getInfo()).isEqualTo(info);
    assertThat(first.getStatus()).isEqualTo(BuildStatus.running);
    assertThat(first.getRef()).isEqualTo(FakeBuild.REF);
    assertThat(first.getBaseRef()).isEqualTo(FakeBuild.BASE_REF);
    assertThat(second.getMessage()).isEqualTo("building step 2 of 5: RUN make");
    assertThat(last.getStatus()).isEqualTo(BuildStatus.done_failure);
    assertThat(last.getInfo().getStatus()).isEqualTo(BuildStatus.done_failure);
    assertThat(last.getMessage()).isEqualTo("build failed: make exited with 2. mend it");
  }

  @Test
  @Tag("row-145")
  void buildThatHasEndedMeanwhileStillSaysRunningFirst() {
    builds.add().to(new BuildEvent.Finished(SUCCESS));

    assertThat(client.build(request("alpine")))
        .toIterable()
        .extracting(BuildResponse::getStatus)
        .containsExactly(BuildStatus.running, BuildStatus.done_success);
  }

  @Test
  @Tag("row-11")
  @Tag("row-14")
  void requestWithoutSourceIsRefused() {
    assertThatThrownBy(() -> client.build(BuildRequest.getDefaultInstance()).next())
        .hasMessage("INVALID_ARGUMENT: build source is missing");
    assertThatThrownBy(
            () -> client.resolveWorkspaceImage(ResolveWorkspaceImageRequest.getDefaultInstance()))
        .hasMessage("INVALID_ARGUMENT: build source is missing");
  }

  @Test
  void faultsBecomeTheirStatuses() {
    for (RequestFault.Kind kind : RequestFault.Kind.values()) {
      builds.fail(new RequestFault(kind, "because"));

      assertThatThrownBy(() -> client.build(request("alpine")).next())
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessage(kind.name() + ": because");
      assertThatThrownBy(
              () -> client.resolveBaseImage(ResolveBaseImageRequest.getDefaultInstance()))
          .hasMessage(kind.name() + ": because");
    }
  }

  @Test
  void longFaultsFitIntoTrailers() {
    builds.fail(new RequestFault(RequestFault.Kind.INTERNAL, "ü".repeat(100_000)));

    assertThatThrownBy(() -> client.build(request("alpine")).next())
        .hasMessageStartingWith("INTERNAL: üüü")
        .hasMessageEndingWith("ü…");
  }

  @Test
  void bugsSayNothingOfThemselves() {
    builds.fail(new IllegalStateException("password is 1234"));

    assertThatThrownBy(() -> client.build(request("alpine")).next())
        .hasMessage("INTERNAL: internal error; its cause is in the service's log");
  }

  @Test
  @Tag("row-12")
  void imagesAreResolved() {
    assertThat(
            client
                .resolveBaseImage(ResolveBaseImageRequest.newBuilder().setRef("alpine").build())
                .getRef())
        .isEqualTo("alpine@resolved");
    var workspace =
        client.resolveWorkspaceImage(
            ResolveWorkspaceImageRequest.newBuilder().setSource(source("alpine")).build());
    assertThat(workspace.getRef()).isEqualTo("ws");
    assertThat(workspace.getBaseRef()).isEqualTo("base");
    assertThat(workspace.getStatus()).isEqualTo(BuildStatus.running);
  }

  @Test
  @Tag("row-50")
  @Tag("row-146")
  void onlyRunningBuildsAreListed() {
    builds.add().to(new BuildEvent.Finished(SUCCESS));
    FakeBuild running = builds.add();

    assertThat(client.listBuilds(ListBuildsRequest.getDefaultInstance()).getBuildsList())
        .extracting(BuildInfo::getBuildId, BuildInfo::getStatus, BuildInfo::hasLogInfo)
        .containsExactly(tuple(running.id().toString(), BuildStatus.running, false));
  }

  @Test
  @Tag("row-45")
  @Tag("row-47")
  @Tag("row-48")
  @Tag("row-49")
  void logsAreReplayedWithoutNamesAndEndWithTheBuild() {
    FakeBuild build = builds.add();
    build.print("early; push reg.example:50");
    Iterator<LogsResponse> log =
        client.logs(LogsRequest.newBuilder().setBuildRef(FakeBuild.REF).build());
    ByteString start = log.next().getContent();
    build.print("00/ws:0123 done\n");
    build.to(new BuildEvent.Finished(SUCCESS));

    assertThat(start.toStringUtf8()).isEqualTo("early; push ");
    assertThat(rest(log)).isEqualTo(" done\n");
  }

  @Test
  @Tag("row-46")
  void logsAreFoundByIdAlsoAfterTheEnd() {
    builds.add().print("other");
    FakeBuild build = builds.add();
    build.print("mine");
    build.to(new BuildEvent.Finished(SUCCESS));

    assertThat(rest(client.logs(byId(build.id().toString())))).isEqualTo("mine");
  }

  @Test
  @Tag("row-43")
  void logsOfUnknownBuildsAreNotFound() {
    builds.add();

    for (LogsRequest request :
        List.of(
            LogsRequest.newBuilder().setBuildRef("other").build(),
            byId("no uuid"),
            byId("00000000-0000-4000-8000-000000000000"))) {
      assertThatThrownBy(() -> client.logs(request).next())
          .hasMessage("NOT_FOUND: build not found");
    }
  }

  @Test
  @Tag("row-36")
  @Tag("row-45")
  void watcherThatLeavesLeavesNothingBehind() {
    FakeBuild build = builds.add();
    build.print("x");
    Context.CancellableContext call = Context.current().withCancellation();
    call.run(() -> {
      client.logs(byId(build.id().toString())).next();
      client.build(request("alpine")).next();
    });
    Eventually.eventually(SOON, () -> build.watchers() == 1 && build.openReaders() == 1);

    call.cancel(null);

    Eventually.eventually(SOON, () -> build.watchers() == 0 && build.openReaders() == 0);
    assertThat(build.snapshot().isFinished()).isFalse();
  }

  @Test
  @Tag("row-42")
  void streamWhoseCallersTimeIsUpCountsAsWellEnded() throws Exception {
    FakeBuild build = builds.add();

    assertThatThrownBy(() ->
            client
                .withDeadlineAfter(200, TimeUnit.MILLISECONDS)
                .build(request("alpine"))
                .forEachRemaining(_ -> {}))
        .hasMessageStartingWith("DEADLINE_EXCEEDED");

    Eventually.eventually(SOON, () -> build.watchers() == 0);
    Eventually.eventually(SOON, () -> metrics().contains(handled("Build", "OK") + " 1"));
  }

  @Test
  @Tag("row-128")
  void requestsUpTo100MebibytesAreAccepted() {
    builds.answer(new Ticket.Present("ws", "base"));

    assertThat(client.build(ofSize(100 * 1024 * 1024))).toIterable().hasSize(1);
    assertThatThrownBy(() -> client.build(ofSize(100 * 1024 * 1024 + 1)).next())
        .extracting(e -> Status.fromThrowable(e).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  @Tag("row-127")
  void everythingIsServingByEveryName() {
    var health = HealthGrpc.newBlockingStub(channel);

    for (String name : List.of("", "builder.ImageBuilder", "other")) {
      assertThat(health.check(HealthCheckRequest.newBuilder().setService(name).build()).getStatus())
          .isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  @Tag("row-132")
  void callsAreCountedUnderGoNames() {
    builds.fail(new RequestFault(RequestFault.Kind.INTERNAL, "x"));
    assertThatThrownBy(() -> client.build(request("alpine")).next()).isNotNull();

    Eventually.eventually(SOON, () -> metrics().contains(handled("Build", "Internal") + " 1"));
    assertThat(metrics())
        .contains(
            handled("ListBuilds", "InvalidArgument") + " 0",
            "grpc_server_started_total{grpc_method=\"Build\","
                + "grpc_service=\"builder.ImageBuilder\",grpc_type=\"server_stream\"} 1",
            "grpc_server_handling_seconds_bucket{grpc_method=\"Logs\","
                + "grpc_service=\"builder.ImageBuilder\",grpc_type=\"server_stream\",le=\"600.0\"}",
            "gitpod_image_builder_builds_started_total 0",
            "gitpod_image_builder_builds_done_total{success=\"false\"} 0",
            "gitpod_server_version{version=\"v0\"} 1",
            "gitpod_logs_total{level=\"warning\"} ",
            "process_cpu_seconds_total");
  }

  @Test
  void requestReachesTheService() {
    builds.answer(new Ticket.Present("ws", "base"));

    client
        .build(
            request("alpine").toBuilder()
                .setForceRebuild(true)
                .setTriggeredBy("eve")
                .setBaseImageNameResolved("b")
                .build())
        .forEachRemaining(_ -> {});

    var request = builds.requests().getFirst();
    assertThat(request.source()).isEqualTo(new dev.imagebuilder.core.BuildSource.Image("alpine"));
    assertThat(request.force()).isEqualTo(Force.ALWAYS);
    assertThat(request.triggeredBy()).isEqualTo("eve");
    assertThat(request.resolvedBaseImage()).isEqualTo("b");
  }

  private String metrics() {
    try {
      return TestService.get(service.metricsAddress(), "/metrics").body();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static String handled(String method, String code) {
    String type = method.equals("ListBuilds") ? "unary" : "server_stream";
    return "grpc_server_handled_total{grpc_code=\"%s\",grpc_method=\"%s\",grpc_service=\"builder.ImageBuilder\",grpc_type=\"%s\"}"
        .formatted(code, method, type);
  }

  private static String rest(Iterator<LogsResponse> log) {
    StringBuilder text = new StringBuilder();
    log.forEachRemaining(chunk -> text.append(chunk.getContent().toString(StandardCharsets.UTF_8)));
    return text.toString();
  }

  private static LogsRequest byId(String id) {
    return LogsRequest.newBuilder().setBuildId(id).setBuildRef(FakeBuild.REF).build();
  }

  private static BuildRequest request(String ref) {
    return BuildRequest.newBuilder().setSource(source(ref)).build();
  }

  private static BuildSource source(String ref) {
    return BuildSource.newBuilder().setRef(BuildSourceReference.newBuilder().setRef(ref)).build();
  }

  private static BuildRequest ofSize(int bytes) {
    BuildRequest small = request("alpine").toBuilder().setSupervisorRef("x".repeat(1000)).build();
    int missing = bytes - small.getSerializedSize();
    BuildRequest full = small.toBuilder().setSupervisorRef("x".repeat(1000 + missing - 2)).build();
    assertThat(full.getSerializedSize()).isEqualTo(bytes);
    return full;
  }
}
