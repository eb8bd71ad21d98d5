package dev.imagebuilder.cli;

import dev.imagebuilder.proto.builder.BuildInfo;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc.ImageBuilderBlockingStub;
import dev.imagebuilder.proto.builder.ListBuildsRequest;
import dev.imagebuilder.proto.builder.LogsRequest;
import dev.imagebuilder.proto.builder.ResolveBaseImageRequest;
import dev.imagebuilder.proto.builder.ResolveWorkspaceImageRequest;
import dev.imagebuilder.proto.builder.ResolveWorkspaceImageResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Calls the service {@code builder.ImageBuilder}. Closing it ends all of its calls. */
final class ServiceClient implements AutoCloseable {
  private static final Duration UNARY_LIMIT = Duration.ofMinutes(2);

  private final ManagedChannel channel;
  private final String host;

  ServiceClient(ManagedChannel channel, String host) {
    this.channel = channel;
    this.host = host;
  }

  /** Starts or joins a build; the service's build timeout bounds the stream. */
  Iterator<BuildResponse> build(BuildRequest request) {
    return ImageBuilderGrpc.newBlockingStub(channel).build(request);
  }

  /** The output of a build from its first byte, as long as it runs. */
  LogStream logs(String ref, String id) {
    LogsRequest request = LogsRequest.newBuilder().setBuildRef(ref).setBuildId(id).build();
    return LogStream.open(ImageBuilderGrpc.newStub(channel), request);
  }

  /** The builds that run now. */
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

  /** What a failed call means for who typed the command. */
  CommandFailure failure(StatusRuntimeException e) {
    Status status = e.getStatus();
    String said = CleanText.of(String.valueOf(status.getDescription())).strip();
    boolean isOurSide = status.getCause() != null;
    return switch (status.getCode()) {
      case UNAVAILABLE ->
          isOurSide
              ? CommandFailure.unreachable(
                  "the service at "
                      + host
                      + " does not answer ("
                      + cause(status)
                      + "); is it running? Start one with: image-builder quickstart")
              : CommandFailure.unreachable("the service at " + host + " says: " + said);
      case DEADLINE_EXCEEDED ->
          CommandFailure.unreachable("the service at " + host + " did not answer in time");
      case UNIMPLEMENTED ->
          CommandFailure.unreachable(host + " answers, but is not an image-builder: " + said);
      case INVALID_ARGUMENT -> CommandFailure.usage(said);
      default -> CommandFailure.failed(said + " (" + status.getCode() + ")");
    };
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  private ImageBuilderBlockingStub unary() {
    return ImageBuilderGrpc.newBlockingStub(channel)
        .withDeadlineAfter(UNARY_LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  /** The innermost cause: the one that names the socket's or the certificate's trouble. */
  private static String cause(Status status) {
    Throwable cause = status.getCause();
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause == null ? "" : CleanText.of(String.valueOf(cause.getMessage()));
  }
}
