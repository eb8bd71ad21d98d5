package dev.imagebuilder.cli;

import dev.imagebuilder.proto.builder.BuildInfo;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc.ImageBuilderBlockingStub;
import dev.imagebuilder.proto.builder.ListBuildsRequest;
import dev.imagebuilder.proto.builder.LogsRequest;
import dev.imagebuilder.proto.builder.LogsResponse;
import dev.imagebuilder.proto.builder.ResolveBaseImageRequest;
import dev.imagebuilder.proto.builder.ResolveWorkspaceImageRequest;
import dev.imagebuilder.proto.builder.ResolveWorkspaceImageResponse;
import io.grpc.ManagedChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Calls a service by mk3's API, {@code builder.ImageBuilder}: ours, mk3 itself, or ws-manager,
 * which passes it on. All methods throw {@link io.grpc.StatusRuntimeException} if the call fails.
 */
final class Mk3Client {
  private final ManagedChannel channel;

  Mk3Client(ManagedChannel channel) {
    this.channel = channel;
  }

  /** Starts or joins a build; its states come back. */
  Answers<BuildRequest, BuildResponse> build(BuildRequest request) {
    Answers<BuildRequest, BuildResponse> answers = new Answers<>();
    ImageBuilderGrpc.newStub(channel).build(request, answers);
    return answers;
  }

  /** A running build's output. */
  Answers<LogsRequest, LogsResponse> logs(LogsRequest request) {
    Answers<LogsRequest, LogsResponse> answers = new Answers<>();
    ImageBuilderGrpc.newStub(channel).logs(request, answers);
    return answers;
  }

  /** The running builds. */
  List<BuildInfo> list() {
    return unary().listBuilds(ListBuildsRequest.getDefaultInstance()).getBuildsList();
  }

  /** A base image's reference in digest form. */
  String resolveBaseImage(ResolveBaseImageRequest request) {
    return unary().resolveBaseImage(request).getRef();
  }

  /** Where a source's workspace image is, and whether it is there. */
  ResolveWorkspaceImageResponse resolveWorkspaceImage(ResolveWorkspaceImageRequest request) {
    return unary().resolveWorkspaceImage(request);
  }

  private ImageBuilderBlockingStub unary() {
    return ImageBuilderGrpc.newBlockingStub(channel)
        .withDeadlineAfter(ServiceClient.UNARY_LIMIT.toSeconds(), TimeUnit.SECONDS);
  }
}
