package dev.imagebuilder.server.api;

import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.DirectoryFiles;
import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.BuildRequest;
import dev.imagebuilder.proto.v1.BuildSpec;
import dev.imagebuilder.proto.v1.BuildUpdate;
import dev.imagebuilder.proto.v1.BuildsGrpc;
import dev.imagebuilder.proto.v1.CancelBuildRequest;
import dev.imagebuilder.proto.v1.GetBuildRequest;
import dev.imagebuilder.proto.v1.ListBuildsRequest;
import dev.imagebuilder.proto.v1.ListBuildsResponse;
import dev.imagebuilder.proto.v1.LogChunk;
import dev.imagebuilder.proto.v1.StreamLogRequest;
import dev.imagebuilder.service.Build;
import dev.imagebuilder.service.Builds;
import dev.imagebuilder.service.Builds.Ticket;
import dev.imagebuilder.service.RequestFault;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Our own API, {@code imagebuilder.v1.Builds}. */
public final class BuildsApi extends BuildsGrpc.BuildsImplBase {
  private static final DirectoryFiles NO_DIRECTORY =
      (_, _) -> {
        throw new IOException("this build has no directory");
      };

  private final Builds builds;
  private final String engine;
  private final CallThreads threads;
  private final IdempotencyKeys keys;

  /**
   * Serves what the service can do.
   *
   * @param engine where it builds, for people
   */
  public BuildsApi(Builds builds, String engine, CallThreads threads) {
    this.builds = builds;
    this.engine = engine;
    this.threads = threads;
    this.keys = new IdempotencyKeys(builds);
  }

  @Override
  public StreamObserver<BuildRequest> build(StreamObserver<BuildUpdate> responses) {
    return threads.dialog(responses, this::build);
  }

  @Override
  public void getBuild(GetBuildRequest request, StreamObserver<BuildInfo> responses) {
    threads.answer(responses, () -> BuildInfos.of(find(request.getId())));
  }

  @Override
  public void listBuilds(ListBuildsRequest request, StreamObserver<ListBuildsResponse> responses) {
    threads.answer(
        responses,
        () -> {
          List<Build> ended = request.getRunningOnly() ? List.of() : builds.ended();
          var list = ListBuildsResponse.newBuilder().setEngine(engine);
          Stream.concat(builds.running().stream(), ended.stream())
              .map(BuildInfos::of)
              .filter(
                  it -> request.getOwner().isEmpty() || request.getOwner().equals(it.getOwner()))
              .forEach(list::addBuilds);
          return list.build();
        });
  }

  @Override
  public void streamLog(StreamLogRequest request, StreamObserver<LogChunk> responses) {
    threads.stream(responses, out -> log(request, out));
  }

  @Override
  public void cancelBuild(CancelBuildRequest request, StreamObserver<BuildInfo> responses) {
    threads.answer(
        responses,
        () -> {
          Build build = find(request.getId());
          build.cancel(request.getBy().isEmpty() ? "a client" : request.getBy());
          return BuildInfos.of(build);
        });
  }

  private void build(Requests<BuildRequest> in, Responses<BuildUpdate> out)
      throws RequestFault, StalledException, IOException, InterruptedException {
    Optional<BuildRequest> first = in.next();
    if (first.isEmpty() || !first.get().hasSpec()) {
      throw new RequestFault(
          RequestFault.Kind.INVALID_ARGUMENT, "the first message must be the spec");
    }
    BuildSpec spec = first.get().getSpec();
    if (spec.hasDirectory()) {
      buildDirectory(spec, in, out);
      return;
    }
    switch (start(spec, NO_DIRECTORY)) {
      case Ticket.Present present ->
          out.send(BuildUpdate.newBuilder().setBuild(BuildInfos.present(present)).build());
      case Ticket.Building(var build) -> new BuildWatch(build, out).run();
    }
  }

  private void buildDirectory(BuildSpec spec, Requests<BuildRequest> in, Responses<BuildUpdate> out)
      throws RequestFault, StalledException, IOException, InterruptedException {
    ClientDirectory directory = new ClientDirectory(out);
    if (!(start(spec, directory) instanceof Ticket.Building(var build))) {
      throw new IllegalStateException("a directory's image cannot be there before it is built");
    }
    Thread reader = Thread.ofVirtual().start(() -> read(in, directory));
    try {
      new BuildWatch(build, out).run();
    } finally {
      reader.interrupt();
      directory.leave();
      build.abandon("the client that serves the directory has gone");
    }
  }

  private static void read(Requests<BuildRequest> in, ClientDirectory directory) {
    try {
      for (var next = in.next(); next.isPresent(); next = in.next()) {
        directory.accept(next.get().getFiles());
      }
      directory.leave();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // the build is over
    }
  }

  private Ticket start(BuildSpec spec, DirectoryFiles directory)
      throws RequestFault, InterruptedException {
    var request = BuildSpecs.request(spec, directory);
    return keys.once(spec.getIdempotencyKey(), () -> builds.build(request));
  }

  private void log(StreamLogRequest request, Responses<LogChunk> out)
      throws RequestFault, StalledException, IOException, InterruptedException {
    if (request.getOffset() < 0) {
      throw new RequestFault(RequestFault.Kind.INVALID_ARGUMENT, "offset is negative");
    }
    Build build =
        request.hasRef()
            ? builds.findByWorkspaceRef(request.getRef()).orElseThrow(BuildsApi::unknown)
            : find(request.getId());
    Duration patience = request.getFollow() ? BuildWatch.GLANCE : Duration.ZERO;
    long offset = request.getOffset();
    try (Build.LogReader reader = build.readLog(offset)) {
      byte[] buffer = new byte[BuildWatch.CHUNK];
      int n = reader.read(buffer, patience);
      while (n > 0 || (n == 0 && request.getFollow())) {
        if (n > 0) {
          out.send(BuildWatch.chunk(offset, buffer, n));
          offset += n;
        }
        n = reader.read(buffer, patience);
      }
      if (offset > reader.size()) {
        throw new RequestFault(
            RequestFault.Kind.OUT_OF_RANGE,
            "offset " + offset + " is beyond the log, which has " + reader.size() + " bytes");
      }
    }
  }

  private Build find(String id) throws RequestFault {
    try {
      return builds.find(BuildId.parse(id)).orElseThrow(BuildsApi::unknown);
    } catch (IllegalArgumentException _) {
      throw unknown();
    }
  }

  private static RequestFault unknown() {
    return new RequestFault(
        RequestFault.Kind.NOT_FOUND, "no such build, or it is not kept any more");
  }
}
