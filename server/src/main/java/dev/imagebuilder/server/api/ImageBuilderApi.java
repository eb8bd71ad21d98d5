package dev.imagebuilder.server.api;

import com.google.protobuf.UnsafeByteOperations;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc;
import dev.imagebuilder.proto.builder.ListBuildsRequest;
import dev.imagebuilder.proto.builder.ListBuildsResponse;
import dev.imagebuilder.proto.builder.LogsRequest;
import dev.imagebuilder.proto.builder.LogsResponse;
import dev.imagebuilder.proto.builder.ResolveBaseImageRequest;
import dev.imagebuilder.proto.builder.ResolveBaseImageResponse;
import dev.imagebuilder.proto.builder.ResolveWorkspaceImageRequest;
import dev.imagebuilder.proto.builder.ResolveWorkspaceImageResponse;
import dev.imagebuilder.service.Build;
import dev.imagebuilder.service.Build.Snapshot;
import dev.imagebuilder.service.Builds;
import dev.imagebuilder.service.Builds.Ticket;
import dev.imagebuilder.service.Builds.Workspace;
import dev.imagebuilder.service.RequestFault;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * The API of mk3, {@code builder.ImageBuilder}.
 *
 * @see "SPEC 3"
 */
public final class ImageBuilderApi extends ImageBuilderGrpc.ImageBuilderImplBase {
  private static final int CHUNK = 32 * 1024;

  /** Only how often a watcher looks around; what happens wakes it at once. */
  private static final Duration GLANCE = Duration.ofMinutes(1);

  private final Builds builds;
  private final CallThreads threads;
  private final RunningInfos infos = new RunningInfos();

  /** Serves what the service can do. */
  public ImageBuilderApi(Builds builds, CallThreads threads) {
    this.builds = builds;
    this.threads = threads;
  }

  @Override
  public void resolveBaseImage(
      ResolveBaseImageRequest request, StreamObserver<ResolveBaseImageResponse> responses) {
    threads.answer(
        responses,
        () -> {
          String ref =
              builds.resolveBaseImage(
                  request.getRef(),
                  ImageBuilderMapping.auth(request.hasAuth(), request.getAuth()),
                  ImageBuilderMapping.attempts(request.getUseRetryClient()));
          return ResolveBaseImageResponse.newBuilder().setRef(ref).build();
        });
  }

  @Override
  public void resolveWorkspaceImage(
      ResolveWorkspaceImageRequest request,
      StreamObserver<ResolveWorkspaceImageResponse> responses) {
    threads.answer(
        responses,
        () -> {
          Workspace workspace =
              builds.resolveWorkspaceImage(
                  ImageBuilderMapping.source(request.hasSource(), request.getSource()),
                  ImageBuilderMapping.auth(request.hasAuth(), request.getAuth()),
                  ImageBuilderMapping.attempts(request.getUseRetryClient()));
          return ResolveWorkspaceImageResponse.newBuilder()
              .setRef(workspace.ref())
              .setBaseRef(workspace.baseRef())
              .setStatus(ImageBuilderMapping.status(workspace.state()))
              .build();
        });
  }

  @Override
  public void build(BuildRequest request, StreamObserver<BuildResponse> responses) {
    threads.stream(
        responses,
        out -> {
          switch (builds.build(ImageBuilderMapping.request(request))) {
            case Ticket.Present present -> out.send(ImageBuilderMapping.response(present));
            case Ticket.Building(var build) -> watch(build, out);
          }
        });
  }

  @Override
  public void logs(LogsRequest request, StreamObserver<LogsResponse> responses) {
    threads.stream(responses, out -> log(find(request), out));
  }

  @Override
  public void listBuilds(ListBuildsRequest request, StreamObserver<ListBuildsResponse> responses) {
    threads.answer(
        responses,
        () -> {
          ListBuildsResponse.Builder list = ListBuildsResponse.newBuilder();
          infos.of(builds.running()).forEach(list::addBuilds);
          return list.build();
        });
  }

  private static void watch(Build build, Responses<BuildResponse> out)
      throws RequestFault, StalledException, InterruptedException {
    Snapshot seen = build.snapshot();
    if (seen.isFinished()) {
      out.send(ImageBuilderMapping.runningResponse(seen));
    }
    tell(seen, out);
    while (!seen.isFinished()) {
      Snapshot next = build.awaitChange(seen, GLANCE);
      if (next.version() != seen.version()) {
        seen = next;
        tell(seen, out);
      }
    }
  }

  private static void tell(Snapshot snapshot, Responses<BuildResponse> out)
      throws RequestFault, StalledException, InterruptedException {
    Optional<RequestFault> notStarted = ImageBuilderMapping.notStarted(snapshot);
    if (notStarted.isPresent()) {
      throw notStarted.get();
    }
    out.send(ImageBuilderMapping.response(snapshot));
  }

  /** By id, if one is given: another build of the same reference would be the wrong answer. */
  private Build find(LogsRequest request) throws RequestFault {
    Optional<Build> build =
        request.getBuildId().isEmpty()
            ? builds.findByWorkspaceRef(request.getBuildRef())
            : idOf(request.getBuildId()).flatMap(builds::find);
    return build.orElseThrow(
        () -> new RequestFault(RequestFault.Kind.NOT_FOUND, "build not found"));
  }

  private static Optional<BuildId> idOf(String text) {
    try {
      return Optional.of(BuildId.parse(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** Always without names: proto3 cannot tell {@code censored: false} from nothing said. */
  private static void log(Build build, Responses<LogsResponse> out)
      throws StalledException, IOException, InterruptedException {
    Snapshot names = build.snapshot();
    NameRemover remover = new NameRemover(names.ref(), names.baseRef());
    try (Build.LogReader reader = build.readLog(0)) {
      byte[] buffer = new byte[CHUNK];
      for (int n = reader.read(buffer, GLANCE); n >= 0; n = reader.read(buffer, GLANCE)) {
        send(remover.pass(buffer, n), out);
      }
    }
    send(remover.rest(), out);
  }

  private static void send(byte[] content, Responses<LogsResponse> out)
      throws StalledException, InterruptedException {
    if (content.length > 0) {
      out.send(
          LogsResponse.newBuilder().setContent(UnsafeByteOperations.unsafeWrap(content)).build());
    }
  }
}
